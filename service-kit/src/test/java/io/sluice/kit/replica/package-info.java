/** Tests of the replicas of other services. */
@NullMarked
package io.sluice.kit.replica;

import org.jspecify.annotations.NullMarked;
