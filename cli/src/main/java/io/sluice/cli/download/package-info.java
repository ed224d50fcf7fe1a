/** Files of a dataset onto this machine. */
@NullMarked
package io.sluice.cli.download;

import org.jspecify.annotations.NullMarked;
