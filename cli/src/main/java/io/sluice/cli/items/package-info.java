/** Looking at items, and deleting them. */
@NullMarked
package io.sluice.cli.items;

import org.jspecify.annotations.NullMarked;
