package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.NewAnnotations;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.kit.mongo.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file that is to be stored with all that is said of it.
 *
 * @param path as {@link ItemIntake#requirePath} answers it
 * @param bytes null when there is only something to say of an item that is there
 */
public record GivenItem(String path, @Nullable Bytes bytes, Said said) {

    /** What a file holds. */
    public sealed interface Bytes permits Written, Named {}

    /**
     * Bytes that came with the request.
     *
     * @param facts what they say of themselves
     */
    public record Written(BlobStore.Writing writing, StagedContent staged, Map<String, @Nullable Object> facts)
            implements Bytes {}

    /**
     * Bytes that are there.
     *
     * @param size what somebody takes for their size; null when nothing is said of it
     */
    public record Named(String sha256, @Nullable Long size) implements Bytes {}

    /**
     * What is said of a file.
     *
     * @param metadata for an item that is there, a merge patch
     * @param describes whether there is something about the description
     * @param description null for none
     */
    public record Said(
            JsonObject metadata,
            boolean describes,
            @Nullable String description,
            NewAnnotations annotations) {

        public static final Said NOTHING = new Said(JsonObject.EMPTY, false, null, NewAnnotations.NONE);
    }
}
