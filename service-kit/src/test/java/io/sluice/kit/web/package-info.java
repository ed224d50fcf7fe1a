/** Tests of what the HTTP edge adds. */
@NullMarked
package io.sluice.kit.web;

import org.jspecify.annotations.NullMarked;
