/** Items by the thousand in one streamed request, and what became of each. */
@NullMarked
package io.sluice.itemservice.bulk;

import org.jspecify.annotations.NullMarked;
