/** The forms in which an answer or a request body may be had beside JSON: one tree, other spellings. */
@NullMarked
package io.sluice.kit.representation;

import org.jspecify.annotations.NullMarked;
