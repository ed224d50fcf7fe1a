/** A person or a machine with an account on the platform. */
@NullMarked
package io.sluice.authservice.user;

import org.jspecify.annotations.NullMarked;
