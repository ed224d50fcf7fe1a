/** The one door to the platform: authenticates, limits and routes; owns no data. */
@NullMarked
package io.sluice.gateway;

import org.jspecify.annotations.NullMarked;
