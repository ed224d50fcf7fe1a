/** Asking a model directly, with the answer in the response. */
@NullMarked
package io.sluice.modelservice.inference;

import org.jspecify.annotations.NullMarked;
