/** Signing in and out. */
@NullMarked
package io.sluice.cli.account;

import org.jspecify.annotations.NullMarked;
