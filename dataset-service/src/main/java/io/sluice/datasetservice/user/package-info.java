/** People, as auth-service knows them. */
@NullMarked
package io.sluice.datasetservice.user;

import org.jspecify.annotations.NullMarked;
