/** What the person who starts the platform reads at the console. */
@NullMarked
package io.sluice.launcher.console;

import org.jspecify.annotations.NullMarked;
