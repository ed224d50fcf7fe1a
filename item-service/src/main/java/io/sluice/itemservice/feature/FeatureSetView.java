package io.sluice.itemservice.feature;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A feature set as clients see it (contract ml §C).
 *
 * @param project the id of its project
 */
record FeatureSetView(
        String id,
        String name,
        String url,
        String type,
        EntityType entityType,
        int size,
        String project,
        @Nullable String modelId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String org,

        List<String> tags,
        String creator,
        String createdAt,
        String updatedBy,
        String updatedAt) {

    static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** @param api the root of the API, for the link */
    static FeatureSetView of(FeatureSet set, String api) {
        return new FeatureSetView(
                set.id(),
                set.name(),
                api + "/features/sets/" + set.id(),
                set.type(),
                set.entities(),
                set.size(),
                set.projectId(),
                set.modelId(),
                set.org(),
                set.tags(),
                set.creator(),
                MILLIS.format(set.createdAt()),
                set.updatedBy(),
                MILLIS.format(set.updatedAt()));
    }
}
