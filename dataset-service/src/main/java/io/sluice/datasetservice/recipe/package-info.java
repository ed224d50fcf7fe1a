/** A recipe: which ontologies and instructions a dataset is labelled with. */
@NullMarked
package io.sluice.datasetservice.recipe;

import org.jspecify.annotations.NullMarked;
