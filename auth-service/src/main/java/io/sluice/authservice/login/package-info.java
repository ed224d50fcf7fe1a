/** The page that people sign in on with a browser. */
@NullMarked
package io.sluice.authservice.login;

import org.jspecify.annotations.NullMarked;
