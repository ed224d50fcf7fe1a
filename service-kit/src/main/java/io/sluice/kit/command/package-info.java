/** Commands: long work that is accepted, carried out step by step by whichever replica holds it, and looked at meanwhile. */
@NullMarked
package io.sluice.kit.command;

import org.jspecify.annotations.NullMarked;
