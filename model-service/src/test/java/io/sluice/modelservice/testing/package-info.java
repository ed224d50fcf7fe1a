/** A running model-service, and who stands around it. */
@NullMarked
package io.sluice.modelservice.testing;

import org.jspecify.annotations.NullMarked;
