/** Tests of how a process stops. */
@NullMarked
package io.sluice.kit.drain;

import org.jspecify.annotations.NullMarked;
