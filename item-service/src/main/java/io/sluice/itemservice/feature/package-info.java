/** Feature sets and their vectors: what models make of items, annotations and datasets, and which of them are alike. */
@NullMarked
package io.sluice.itemservice.feature;

import org.jspecify.annotations.NullMarked;
