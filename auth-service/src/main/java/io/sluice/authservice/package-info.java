/** The auth-service's application. */
@NullMarked
package io.sluice.authservice;

import org.jspecify.annotations.NullMarked;
