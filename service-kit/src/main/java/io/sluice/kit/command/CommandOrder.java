package io.sluice.kit.command;

import io.sluice.kit.mongo.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be done later.
 *
 * @param type of the {@link CommandWork}
 * @param projectId whose work it is
 * @param datasetId of what it changes
 * @param what is to be done, in the words of the {@link CommandWork}; forgotten when it is done
 * @param about what is known of it as long as it is kept; null for nothing
 */
public record CommandOrder(
        String type,
        String projectId,
        String datasetId,
        JsonObject what,
        @Nullable JsonObject about) {

    long size() {
        return what.size() + (about == null ? 0 : about.size());
    }
}
