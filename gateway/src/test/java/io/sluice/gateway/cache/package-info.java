/** What the gateway keeps, and what it never does. */
@NullMarked
package io.sluice.gateway.cache;

import org.jspecify.annotations.NullMarked;
