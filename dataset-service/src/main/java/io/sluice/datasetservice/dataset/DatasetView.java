package io.sluice.datasetservice.dataset;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.datasetservice.item.ItemCounts;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dataset as the published API shows it (contract core §4.1).
 *
 * @param annotated how many of its items have annotations
 */
record DatasetView(
        String id,
        String name,
        List<String> projects,
        String url,
        String items,
        String directoryTree,
        String creator,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,
        String updatedBy,
        long annotated,
        long itemsCount,
        long annotationsCount,
        String readableType,
        String accessLevel,
        boolean readonly,
        @Nullable String driver,
        String indexDriver,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ExpirationOptions expirationOptions,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String srcDataset,
        boolean enableSyncWithCloned,
        boolean isSyncing,
        JsonObject metadata) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static DatasetView of(Dataset dataset, ItemCounts counts, String api, Instant now) {
        String url = api + "/datasets/" + dataset.id();
        return new DatasetView(
                dataset.id(),
                dataset.name(),
                List.of(dataset.projectId()),
                url,
                url + "/items",
                url + "/directoryTree",
                dataset.creator(),
                dataset.createdAt(),
                dataset.updatedAt(),
                dataset.updatedBy(),
                counts.annotatedCount(),
                counts.itemsCount(),
                counts.annotationsCount(),
                "Dataset",
                "project",
                dataset.isReadonly(now),
                dataset.driver(),
                dataset.indexDriver(),
                dataset.expirationOptions(),
                dataset.srcDataset(),
                false,
                false,
                shown(dataset));
    }

    /** The SDK fails on metadata without {@code system.recipes}, which a client may have overwritten. */
    private static JsonObject shown(Dataset dataset) {
        JsonObject system = dataset.metadata().object(Dataset.SYSTEM);
        return dataset.metadata().with(Dataset.SYSTEM, system.with(Dataset.RECIPES, dataset.recipeIds()));
    }
}
