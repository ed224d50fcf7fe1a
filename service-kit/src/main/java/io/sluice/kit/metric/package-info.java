/** Figures about this process, for Prometheus; only when somebody wants them. */
@NullMarked
package io.sluice.kit.metric;

import org.jspecify.annotations.NullMarked;
