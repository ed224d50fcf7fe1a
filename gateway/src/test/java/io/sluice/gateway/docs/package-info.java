/** Tests of the documentation. */
@NullMarked
package io.sluice.gateway.docs;

import org.jspecify.annotations.NullMarked;
