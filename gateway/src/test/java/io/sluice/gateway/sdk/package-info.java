/** Tests of the client's files. */
@NullMarked
package io.sluice.gateway.sdk;

import org.jspecify.annotations.NullMarked;
