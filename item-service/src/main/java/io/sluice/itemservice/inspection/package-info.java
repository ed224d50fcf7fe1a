/** Programs that look at what the item-service keeps: {@code scrub}, {@code fsck} and {@code move-blobs}. */
@NullMarked
package io.sluice.itemservice.inspection;

import org.jspecify.annotations.NullMarked;
