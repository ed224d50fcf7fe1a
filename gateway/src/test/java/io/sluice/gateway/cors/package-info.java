/** Tests of this feature at the whole gateway. */
@NullMarked
package io.sluice.gateway.cors;

import org.jspecify.annotations.NullMarked;
