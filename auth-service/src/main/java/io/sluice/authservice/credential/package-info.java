/** What a token stands on: a session, a key or the secret of a machine, each of an account that may enter. */
@NullMarked
package io.sluice.authservice.credential;

import org.jspecify.annotations.NullMarked;
