/** Tests of this feature at the whole gateway. */
@NullMarked
package io.sluice.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
