package io.sluice.itemservice.content;

/**
 * The bytes of an item, as its document names them.
 *
 * @param sha256 their digest in lower-case hexadecimal: their name in the store and, quoted, their ETag
 * @param size how many there are
 */
public record Content(String sha256, long size) {}
