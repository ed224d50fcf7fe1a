/** Failures as the client meets them: RFC 9457 problems that also carry what the SDK reads. */
@NullMarked
package io.sluice.kit.error;

import org.jspecify.annotations.NullMarked;
