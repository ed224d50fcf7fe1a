package io.sluice.datasetservice.dataset;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/** What an access check needs to know of a dataset. */
public record DatasetHead(
        @Id String id,
        String projectId,
        boolean readonly,
        boolean system,
        @Nullable String srcDataset,
        @Nullable List<Lock> locks,
        @Nullable JsonObject metadata) {

    /** Whether nothing in it may be changed at that time. */
    public boolean isReadonly(Instant now) {
        return Lock.holds(readonly, locks, now);
    }

    /** Whether its annotations have labels of its ontologies only. */
    public boolean hasStrictLabels() {
        return metadata != null
                && Boolean.TRUE.equals(metadata.object(Dataset.SYSTEM).members().get(Dataset.STRICT_LABELS));
    }

    /** The ids of the recipes that it is labelled by. */
    public List<String> recipeIds() {
        return metadata == null ? List.of() : Dataset.recipeIds(metadata);
    }
}
