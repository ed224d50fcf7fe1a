/** The whole platform in one JVM, started by one command. */
@NullMarked
package io.sluice.launcher;

import org.jspecify.annotations.NullMarked;
