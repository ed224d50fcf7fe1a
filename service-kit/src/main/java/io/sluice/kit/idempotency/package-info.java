/** Repeats of a request that are known as such by its {@code Idempotency-Key}, and get the answer of the first. */
@NullMarked
package io.sluice.kit.idempotency;

import org.jspecify.annotations.NullMarked;
