/** What proves that a user is who they say, kept so that it cannot be read back. */
@NullMarked
package io.sluice.authservice.password;

import org.jspecify.annotations.NullMarked;
