package io.sluice.cli.upload;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of this machine that is to become an item.
 *
 * @param path of the item
 * @param size when it was found
 * @param sidecar the file with its metadata, description and annotations; null when there is none
 */
record LocalFile(
        Path file, String path, long size, @Nullable Path sidecar) {}
