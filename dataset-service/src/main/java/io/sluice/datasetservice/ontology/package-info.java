/** An ontology: the labels and attributes that annotations may carry. */
@NullMarked
package io.sluice.datasetservice.ontology;

import org.jspecify.annotations.NullMarked;
