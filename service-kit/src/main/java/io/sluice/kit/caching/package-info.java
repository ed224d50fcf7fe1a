/** What an answer tells caches: a tag where the operation has none of its own, and whether it may be kept. */
@NullMarked
package io.sluice.kit.caching;

import org.jspecify.annotations.NullMarked;
