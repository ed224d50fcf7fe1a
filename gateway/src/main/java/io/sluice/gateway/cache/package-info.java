/** What the gateway keeps of the answers of services, for everybody (RFC 9111). */
@NullMarked
package io.sluice.gateway.cache;

import org.jspecify.annotations.NullMarked;
