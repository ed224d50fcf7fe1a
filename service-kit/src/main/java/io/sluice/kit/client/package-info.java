/** Calls from one service to another. */
@NullMarked
package io.sluice.kit.client;

import org.jspecify.annotations.NullMarked;
