package io.sluice.itemservice.bulk;

import io.sluice.itemservice.item.GivenItem;
import org.jspecify.annotations.Nullable;

/** What comes of a request, one after the other. */
sealed interface Entry {

    /** A directory. */
    record Folder(String path) implements Entry {}

    /**
     * A file with all its bytes.
     *
     * @param named whether it could be a sidecar, by its name
     */
    record Small(String path, byte[] bytes, boolean named) implements Entry {}

    /** A file whose bytes follow in {@link Piece}s until the {@link End}. */
    record Begin(String path, boolean named) implements Entry {}

    record Piece(byte[] bytes) implements Entry {}

    /** @param failure why the file that has begun is not to be kept; null when it is whole */
    record End(@Nullable Throwable failure) implements Entry {}

    /**
     * A line that names bytes, or none.
     *
     * @param weight as many bytes as it takes
     */
    record Line(GivenItem item, int weight) implements Entry {}

    /**
     * A line with bytes in it.
     *
     * @param sha256 what the digest of the bytes has to be; null when nothing is said of it
     * @param weight as many bytes as it takes
     */
    record LineWithBytes(
            String path, byte[] bytes, @Nullable String sha256, GivenItem.Said said, int weight) implements Entry {}

    /** Something that cannot be taken, under the name that it was given. */
    record Broken(String name, Throwable failure) implements Entry {}

    /** From here on nothing can be read. */
    record Stop(Throwable failure) implements Entry {}
}
