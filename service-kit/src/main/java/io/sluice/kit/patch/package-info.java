/** JSON Patch (RFC 6902) for everything that can be read and patched. */
@NullMarked
package io.sluice.kit.patch;

import org.jspecify.annotations.NullMarked;
