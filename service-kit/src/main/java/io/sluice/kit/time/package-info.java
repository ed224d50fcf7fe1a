/** The one clock. */
@NullMarked
package io.sluice.kit.time;

import org.jspecify.annotations.NullMarked;
