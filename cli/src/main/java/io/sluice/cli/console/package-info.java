/** What a command says, where it says it, and how it ends. */
@NullMarked
package io.sluice.cli.console;

import org.jspecify.annotations.NullMarked;
