/** Settings that people and programs keep for a user, a dataset, a project, an organization or the whole platform. */
@NullMarked
package io.sluice.datasetservice.setting;

import org.jspecify.annotations.NullMarked;
