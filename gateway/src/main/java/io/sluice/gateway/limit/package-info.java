/** How much one caller may ask for, in a time and at once. */
@NullMarked
package io.sluice.gateway.limit;

import org.jspecify.annotations.NullMarked;
