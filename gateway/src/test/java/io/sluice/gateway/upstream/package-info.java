/** Tests of the way to the services. */
@NullMarked
package io.sluice.gateway.upstream;

import org.jspecify.annotations.NullMarked;
