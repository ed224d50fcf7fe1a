/** A value that proves something because nobody can guess it. */
@NullMarked
package io.sluice.authservice.secret;

import org.jspecify.annotations.NullMarked;
