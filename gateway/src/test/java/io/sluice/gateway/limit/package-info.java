/** Tests of this feature at the whole gateway. */
@NullMarked
package io.sluice.gateway.limit;

import org.jspecify.annotations.NullMarked;
