/** Links in headers (RFC 8288): where an answer belongs, what describes it, and the pages beside it. */
@NullMarked
package io.sluice.kit.link;

import org.jspecify.annotations.NullMarked;
