/** How services keep documents: durable writes, indexes that exist before the service is ready. */
@NullMarked
package io.sluice.kit.mongo;

import org.jspecify.annotations.NullMarked;
