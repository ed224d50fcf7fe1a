/** Pages of lists, as the published API words them. */
@NullMarked
package io.sluice.kit.paging;

import org.jspecify.annotations.NullMarked;
