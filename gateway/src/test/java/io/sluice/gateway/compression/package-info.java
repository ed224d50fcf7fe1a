@NullMarked
package io.sluice.gateway.compression;

import org.jspecify.annotations.NullMarked;
