/** A file that comes with the gateway and never changes while it runs. */
@NullMarked
package io.sluice.gateway.asset;

import org.jspecify.annotations.NullMarked;
