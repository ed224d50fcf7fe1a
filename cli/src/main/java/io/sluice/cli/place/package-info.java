/** Where something lies: a project, a dataset, a path in it. */
@NullMarked
package io.sluice.cli.place;

import org.jspecify.annotations.NullMarked;
