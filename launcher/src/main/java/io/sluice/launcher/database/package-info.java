/** The MongoDB the platform runs on: which one, and keeping it running. */
@NullMarked
package io.sluice.launcher.database;

import org.jspecify.annotations.NullMarked;
