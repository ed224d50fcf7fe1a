/** Deleting in the background: what is marked is invisible at once and goes as soon as everything below it is gone. */
@NullMarked
package io.sluice.datasetservice.deletion;

import org.jspecify.annotations.NullMarked;
