/** Pictures: read from their bytes, and brought to the size and the numbers that a model wants. */
@NullMarked
package io.sluice.modelservice.picture;

import org.jspecify.annotations.NullMarked;
