/** What the other services ask: may this user do that in this project or dataset. */
@NullMarked
package io.sluice.datasetservice.access;

import org.jspecify.annotations.NullMarked;
