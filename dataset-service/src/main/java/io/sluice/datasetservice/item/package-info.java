/** Items, as item-service keeps them: how many a dataset has, and how to be rid of them. */
@NullMarked
package io.sluice.datasetservice.item;

import org.jspecify.annotations.NullMarked;
