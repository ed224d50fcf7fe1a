package io.sluice.modelservice.dpk;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * One version of a DPK; never changes.
 *
 * @param changes 0 for a document that is not stored yet
 * @param uniqueVersion the DPK and the version in one
 * @param order sorts as the versions do
 * @param content what it brings: components, and where their code is kept
 */
@Document(DpkRevision.COLLECTION)
public record DpkRevision(
        @Id String id,
        @Version long changes,
        @Field(targetType = FieldType.OBJECT_ID) String projectId,
        @Field(targetType = FieldType.OBJECT_ID) String dpkId,
        String uniqueVersion,
        String version,
        String order,
        JsonObject content,
        String creator,
        Instant createdAt) {

    static final String COLLECTION = "dpkRevisions";

    static String uniqueVersion(String dpkId, String version) {
        return dpkId + "/" + version;
    }

    /** The models that it describes. */
    public List<JsonObject> models() {
        return models(content.object(Manifest.COMPONENTS));
    }

    /** The models that components describe. */
    public static List<JsonObject> models(JsonObject components) {
        return objects(components.members().get(Manifest.MODELS));
    }

    /** The objects of a list; empty when it is none. */
    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    public static List<JsonObject> objects(@Nullable Object list) {
        return list instanceof List<?> entries
                ? entries.stream()
                        .filter(Map.class::isInstance)
                        .map(entry -> new JsonObject((Map<String, @Nullable Object>) entry))
                        .toList()
                : List.of();
    }
}
