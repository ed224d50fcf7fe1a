/** Tests of this feature at the whole gateway. */
@NullMarked
package io.sluice.gateway.health;

import org.jspecify.annotations.NullMarked;
