/** A machine that belongs to one project and signs in with a secret that was made for it. */
@NullMarked
package io.sluice.authservice.bot;

import org.jspecify.annotations.NullMarked;
