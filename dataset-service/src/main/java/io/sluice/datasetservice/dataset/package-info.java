/** A dataset: a collection of items in a project. */
@NullMarked
package io.sluice.datasetservice.dataset;

import org.jspecify.annotations.NullMarked;
