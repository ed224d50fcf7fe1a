/** The JSON query language of the published API, as a typed tree and as a MongoDB filter. */
@NullMarked
package io.sluice.kit.query;

import org.jspecify.annotations.NullMarked;
