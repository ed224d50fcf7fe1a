/** What becomes of each request, told to whoever measures it, and the trace that it belongs to. */
@NullMarked
package io.sluice.kit.observation;

import org.jspecify.annotations.NullMarked;
