package io.sluice.itemservice.feature;

import java.time.Instant;
import java.util.List;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.PersistenceCreator;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * A set of vectors that can be compared with each other, as it is stored (contract ml §C).
 *
 * @param version counts the changes, from 0 for a document that is not stored yet
 * @param uniqueName the project and the name in one: no project has two sets of a name
 * @param type how the vectors were made, in any words
 * @param entityType an {@link EntityType}, as on the wire
 * @param size how many numbers each vector has
 * @param modelId the model that makes the vectors; null for none
 */
@Document(FeatureSet.COLLECTION)
record FeatureSet(
        @Id String id,
        @Version long version,
        @Field(targetType = FieldType.OBJECT_ID) String projectId,
        String uniqueName,
        String name,
        String type,
        String entityType,
        int size,
        @Nullable String modelId,
        @Nullable String org,
        List<String> tags,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt) {

    static final String COLLECTION = "feature_sets";

    @PersistenceCreator
    FeatureSet {
        tags = List.copyOf(tags);
    }

    static FeatureSet of(String projectId, FeatureSetContent content, String by, Instant now) {
        return new FeatureSet(
                new ObjectId().toHexString(),
                0,
                projectId,
                uniqueName(projectId, content.name()),
                content.name(),
                content.type(),
                content.entityType().wireName(),
                content.size(),
                content.modelId(),
                content.org(),
                content.tags(),
                by,
                now,
                by,
                now);
    }

    private static String uniqueName(String projectId, String name) {
        return projectId + "/" + name;
    }

    FeatureSetContent said() {
        return new FeatureSetContent(name, type, entities(), size, modelId, org, tags);
    }

    EntityType entities() {
        return EntityType.named(entityType).orElseThrow();
    }

    FeatureSet saying(FeatureSetContent changed, String by, Instant now) {
        return new FeatureSet(
                id,
                version,
                projectId,
                uniqueName(projectId, changed.name()),
                changed.name(),
                changed.type(),
                entityType,
                size,
                changed.modelId(),
                changed.org(),
                changed.tags(),
                creator,
                createdAt,
                by,
                now);
    }
}
