/** Code on demand: the JavaScript client that a page loads from the gate and uses at once, and a page that does. */
@NullMarked
package io.sluice.gateway.sdk;

import org.jspecify.annotations.NullMarked;
