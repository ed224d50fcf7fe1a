/** The command line: a program that speaks to a gate as any other client does. */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
