/** Pages of other origins that may call the platform from a browser. */
@NullMarked
package io.sluice.gateway.cors;

import org.jspecify.annotations.NullMarked;
