package io.sluice.itemservice.content;

import java.nio.file.Path;

/**
 * Bytes that have arrived whole and are on the disk, but belong to no item yet.
 *
 * @param content what they are
 * @param file where they are
 */
public record StagedContent(Content content, Path file) {}
