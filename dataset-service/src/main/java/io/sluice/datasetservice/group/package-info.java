/** Groups of people, as auth-service knows them. */
@NullMarked
package io.sluice.datasetservice.group;

import org.jspecify.annotations.NullMarked;
