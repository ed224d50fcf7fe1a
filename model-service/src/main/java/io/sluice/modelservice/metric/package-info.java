/** Metrics: how well models do, as points that clients plot. */
@NullMarked
package io.sluice.modelservice.metric;

import org.jspecify.annotations.NullMarked;
