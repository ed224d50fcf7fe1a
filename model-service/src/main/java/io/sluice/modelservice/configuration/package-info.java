/** What a model's {@code configuration} declares: how bytes become its inputs, and its outputs results. */
@NullMarked
package io.sluice.modelservice.configuration;

import org.jspecify.annotations.NullMarked;
