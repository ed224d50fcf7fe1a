/** What a client must keep to, told by the same constants and settings that keep it. */
@NullMarked
package io.sluice.kit.limit;

import org.jspecify.annotations.NullMarked;
