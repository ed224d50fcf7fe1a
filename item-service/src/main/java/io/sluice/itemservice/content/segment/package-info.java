/** Small bytes, many in one file: appended and synced together, found by an index in the database, compacted. */
@NullMarked
package io.sluice.itemservice.content.segment;

import org.jspecify.annotations.NullMarked;
