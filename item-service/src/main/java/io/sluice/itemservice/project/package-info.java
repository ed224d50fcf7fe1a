/** Projects as the item-service sees them: who may do what in them, and that they are gone. */
@NullMarked
package io.sluice.itemservice.project;

import org.jspecify.annotations.NullMarked;
