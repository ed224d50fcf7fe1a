/** Evaluations: what models say, compared with what people have said. */
@NullMarked
package io.sluice.modelservice.evaluation;

import org.jspecify.annotations.NullMarked;
