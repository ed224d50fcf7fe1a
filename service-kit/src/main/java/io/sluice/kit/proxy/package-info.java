/** The servers between a client and us: which of them are believed, and what they say of the client. */
@NullMarked
package io.sluice.kit.proxy;

import org.jspecify.annotations.NullMarked;
