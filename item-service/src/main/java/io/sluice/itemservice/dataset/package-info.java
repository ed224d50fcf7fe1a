/** Datasets as the item-service sees them: who may do what in them, how full they are, that they are gone. */
@NullMarked
package io.sluice.itemservice.dataset;

import org.jspecify.annotations.NullMarked;
