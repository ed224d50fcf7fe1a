/** The dataset-service's application. */
@NullMarked
package io.sluice.datasetservice;

import org.jspecify.annotations.NullMarked;
