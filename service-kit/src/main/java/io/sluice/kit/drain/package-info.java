/** How a process stops without a request being lost. */
@NullMarked
package io.sluice.kit.drain;

import org.jspecify.annotations.NullMarked;
