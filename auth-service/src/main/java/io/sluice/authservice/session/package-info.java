/** A user who has signed in: the tokens that say so, and the keys that prove the tokens. */
@NullMarked
package io.sluice.authservice.session;

import org.jspecify.annotations.NullMarked;
