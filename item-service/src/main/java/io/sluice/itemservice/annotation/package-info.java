/** An annotation: what somebody or a model says of an item, or of a part of it. */
@NullMarked
package io.sluice.itemservice.annotation;

import org.jspecify.annotations.NullMarked;
