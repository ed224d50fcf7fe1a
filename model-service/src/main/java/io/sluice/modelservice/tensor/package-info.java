/** Arrays of numbers with a name, a type and a shape, and how the Open Inference Protocol v2 writes them. */
@NullMarked
package io.sluice.modelservice.tensor;

import org.jspecify.annotations.NullMarked;
