/** What pictures, videos and sounds say of themselves, and small pictures made of large ones. */
@NullMarked
package io.sluice.itemservice.media;

import org.jspecify.annotations.NullMarked;
