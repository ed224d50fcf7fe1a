/** What a client would rather have, if it makes no difference to us (RFC 7240). */
@NullMarked
package io.sluice.kit.preference;

import org.jspecify.annotations.NullMarked;
