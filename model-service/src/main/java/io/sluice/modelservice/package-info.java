/** The model-service's application. */
@NullMarked
package io.sluice.modelservice;

import org.jspecify.annotations.NullMarked;
