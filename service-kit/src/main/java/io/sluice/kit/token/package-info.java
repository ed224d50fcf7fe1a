/** Signed tokens: who signs, with which key, and how the others check it without a shared secret. */
@NullMarked
package io.sluice.kit.token;

import org.jspecify.annotations.NullMarked;
