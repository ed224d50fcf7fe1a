package io.sluice.modelservice.runtime;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Which model to run.
 *
 * @param key names these very bytes, such as the model's id with the digest of its file: another file has another key
 * @param file the model; it stays as it is for as long as the key is used
 * @param mostRows the rows (pictures, texts) that one run may take together; null for what the settings say if the model
 *     itself names the first dimension of all its inputs and outputs alike, otherwise 1
 */
public record ModelSource(String key, Path file, @Nullable Integer mostRows) {

    public ModelSource {
        if (mostRows != null && mostRows < 1) {
            throw new IllegalArgumentException("A run takes one row at least");
        }
    }
}
