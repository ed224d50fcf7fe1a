package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.HeldBytes;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that have arrived whole, but belong to no item yet: large ones are on the disk, small ones in memory until they are
 * published.
 *
 * @param content what they are
 * @param file where they are; null when they are in memory
 * @param held the bytes; null when they are in a file
 */
public record StagedContent(
        Content content, @Nullable Path file, @Nullable HeldBytes held) {

    static StagedContent in(Path file, Content content) {
        return new StagedContent(content, file, null);
    }

    static StagedContent inMemory(HeldBytes held) {
        return new StagedContent(new Content(held.sha256(), held.bytes().length), null, held);
    }

    /** Whether they were published, as far as can be told after a failure. */
    public boolean mayBePublished() {
        return held == null || held.keptAt() != null;
    }

    /** To look at the bytes. */
    SeekableByteChannel open() throws IOException {
        return held == null ? Files.newByteChannel(Objects.requireNonNull(file)) : new BytesChannel(held.bytes());
    }
}
