/** A long-lived token that a user makes for a program, and can take back. */
@NullMarked
package io.sluice.authservice.apikey;

import org.jspecify.annotations.NullMarked;
