package io.sluice.modelservice.runtime;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which model to run: one whose file is here, or one that another server has.
 *
 * @param key names these very bytes, such as the model's id with the digest of its file: another file has another key
 * @param file the model; it stays as it is for as long as the key is used. Null for one of another server
 * @param remote null for one whose file is here
 * @param mostRows the rows (pictures, texts) that one run may take together; null for what the settings say if the model
 *     itself names the first dimension of all its inputs and outputs alike, otherwise 1
 */
public record ModelSource(
        String key,
        @Nullable Path file,
        @Nullable RemoteModel remote,
        @Nullable Integer mostRows) {

    public ModelSource {
        if (mostRows != null && mostRows < 1) {
            throw new IllegalArgumentException("A run takes one row at least");
        }
    }

    public ModelSource(String key, Path file, @Nullable Integer mostRows) {
        this(key, file, null, mostRows);
    }

    /** One of another server, which puts requests together as it likes. */
    public static ModelSource of(RemoteModel remote) {
        return new ModelSource("remote " + remote, null, remote, null);
    }

    /** The model's file, of one that is here. */
    Path fileHere() {
        return Objects.requireNonNull(file, "The model is one of another server");
    }
}
