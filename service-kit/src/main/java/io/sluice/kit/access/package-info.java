/** What a caller may do in a project or a dataset, as the dataset-service says. */
@NullMarked
package io.sluice.kit.access;

import org.jspecify.annotations.NullMarked;
