/** The connections of clients: how long they may do nothing. */
@NullMarked
package io.sluice.gateway.connection;

import org.jspecify.annotations.NullMarked;
