/** Files of this machine into a dataset. */
@NullMarked
package io.sluice.cli.upload;

import org.jspecify.annotations.NullMarked;
