/** A project: what a team keeps its datasets in, and who belongs to it. */
@NullMarked
package io.sluice.datasetservice.project;

import org.jspecify.annotations.NullMarked;
