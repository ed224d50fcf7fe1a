/** A wrong password, and what it costs whoever sent it. */
@NullMarked
package io.sluice.authservice.guess;

import org.jspecify.annotations.NullMarked;
