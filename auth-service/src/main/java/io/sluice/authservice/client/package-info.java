/** A program that people sign in with, and the addresses that it may have them sent back to. */
@NullMarked
package io.sluice.authservice.client;

import org.jspecify.annotations.NullMarked;
