/** What a model says of a picture, a text or a file, in terms that a user understands. */
@NullMarked
package io.sluice.modelservice.prediction;

import org.jspecify.annotations.NullMarked;
