/** Programs that look at what the item-service keeps: {@code scrub} and {@code fsck}. */
@NullMarked
package io.sluice.itemservice.inspection;

import org.jspecify.annotations.NullMarked;
