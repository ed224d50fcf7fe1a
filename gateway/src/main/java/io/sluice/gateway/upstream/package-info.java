/** The way of a request to the service that answers it, and of the answer back. */
@NullMarked
package io.sluice.gateway.upstream;

import org.jspecify.annotations.NullMarked;
