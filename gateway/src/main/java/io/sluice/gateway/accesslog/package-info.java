/** One line for each request. */
@NullMarked
package io.sluice.gateway.accesslog;

import org.jspecify.annotations.NullMarked;
