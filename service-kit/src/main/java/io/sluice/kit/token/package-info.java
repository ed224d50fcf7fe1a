/** The keys a service signs tokens with, and where it publishes their public halves. */
@NullMarked
package io.sluice.kit.token;

import org.jspecify.annotations.NullMarked;
