/** The HTTP edge as a service has it, tried from outside. */
@NullMarked
package io.sluice.kit.edge;

import org.jspecify.annotations.NullMarked;
