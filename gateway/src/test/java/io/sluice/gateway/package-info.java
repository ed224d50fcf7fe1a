/** Tests of the gateway, with stand-ins for the services behind it. */
@NullMarked
package io.sluice.gateway;

import org.jspecify.annotations.NullMarked;
