/** Forms as they come off the wire: {@code multipart/form-data} (RFC 7578), part by part, whatever their size. */
@NullMarked
package io.sluice.itemservice.form;

import org.jspecify.annotations.NullMarked;
