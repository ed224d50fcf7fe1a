/** Runs models: what a file of theirs holds, which ones are in memory, and whose turn it is. */
@NullMarked
package io.sluice.modelservice.runtime;

import org.jspecify.annotations.NullMarked;
