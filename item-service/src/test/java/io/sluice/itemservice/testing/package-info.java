/** What the tests of the item-service use: the running service, a client, forms as the SDK sends them. */
@NullMarked
package io.sluice.itemservice.testing;

import org.jspecify.annotations.NullMarked;
