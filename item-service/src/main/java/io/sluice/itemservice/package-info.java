/** The item-service's application. */
@NullMarked
package io.sluice.itemservice;

import org.jspecify.annotations.NullMarked;
