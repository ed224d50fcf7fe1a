/** Compresses answers where it pays. */
@NullMarked
package io.sluice.gateway.compression;

import org.jspecify.annotations.NullMarked;
