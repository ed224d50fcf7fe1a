/** Who calls, how a token proves it, and which project role may do what. */
@NullMarked
package io.sluice.kit.auth;

import org.jspecify.annotations.NullMarked;
