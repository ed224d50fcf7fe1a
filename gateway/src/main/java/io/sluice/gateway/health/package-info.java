/** Whether the platform as a whole is ready. */
@NullMarked
package io.sluice.gateway.health;

import org.jspecify.annotations.NullMarked;
