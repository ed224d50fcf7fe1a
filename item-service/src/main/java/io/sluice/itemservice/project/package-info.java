/** Projects as the item-service sees them: that they are gone. */
@NullMarked
package io.sluice.itemservice.project;

import org.jspecify.annotations.NullMarked;
