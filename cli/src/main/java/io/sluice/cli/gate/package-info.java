/** The platform as a client sees it: requests, tokens, failures. */
@NullMarked
package io.sluice.cli.gate;

import org.jspecify.annotations.NullMarked;
