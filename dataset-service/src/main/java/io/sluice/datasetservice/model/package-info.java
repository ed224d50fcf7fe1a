/** Models, as model-service keeps them: how to be rid of them. */
@NullMarked
package io.sluice.datasetservice.model;

import org.jspecify.annotations.NullMarked;
