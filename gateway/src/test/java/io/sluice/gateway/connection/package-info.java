/** Tests of this feature at the whole gateway. */
@NullMarked
package io.sluice.gateway.connection;

import org.jspecify.annotations.NullMarked;
