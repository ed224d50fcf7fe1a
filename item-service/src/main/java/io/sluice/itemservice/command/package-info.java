/** Commands on items as clients see them: how far they are, what came of them, and their end. */
@NullMarked
package io.sluice.itemservice.command;

import org.jspecify.annotations.NullMarked;
