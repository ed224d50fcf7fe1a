/** What a caller may do in a project, as the dataset-service says. */
@NullMarked
package io.sluice.kit.access;

import org.jspecify.annotations.NullMarked;
