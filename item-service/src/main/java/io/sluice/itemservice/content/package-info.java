/** The bytes of items: kept once by their SHA-256, looked at for what they are, swept when nobody names them. */
@NullMarked
package io.sluice.itemservice.content;

import org.jspecify.annotations.NullMarked;
