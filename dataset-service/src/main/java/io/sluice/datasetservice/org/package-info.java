/** Organizations, as auth-service knows them. */
@NullMarked
package io.sluice.datasetservice.org;

import org.jspecify.annotations.NullMarked;
