/** The mapping between JSON and XML, both ways. */
@NullMarked
package io.sluice.kit.representation;

import org.jspecify.annotations.NullMarked;
