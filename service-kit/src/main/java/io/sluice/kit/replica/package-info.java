/** The replicas of another service: which there are, which one is next, and when to ask none of them. */
@NullMarked
package io.sluice.kit.replica;

import org.jspecify.annotations.NullMarked;
