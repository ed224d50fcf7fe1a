package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureEntities.FeatureEntity;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;
import org.bson.types.Binary;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What a model makes of an entity, as it is stored (contract ml §C).
 *
 * @param itemId the item that the entity is or belongs to; null for a dataset
 * @param packed its numbers, {@link Packed}
 */
record FeatureVector(
        String id,
        String featureSetId,
        String entityId,
        @Nullable String itemId,
        String datasetId,
        String projectId,
        byte[] packed,
        @Nullable String version,
        @Nullable String parentId,
        @Nullable String org,
        String creator,
        Instant createdAt) {

    static final String COLLECTION = "feature_vectors";

    static final String ID = "_id";
    static final String FEATURE_SET_ID = "featureSetId";
    static final String ENTITY_ID = "entityId";
    static final String ITEM_ID = "itemId";
    static final String DATASET_ID = "datasetId";
    static final String PROJECT_ID = "projectId";
    static final String PACKED = "packed";
    static final String VERSION = "version";
    static final String PARENT_ID = "parentId";
    static final String ORG = "org";
    static final String CREATOR = "creator";
    static final String CREATED_AT = "createdAt";

    static FeatureVector of(FeatureSet set, FeatureEntity entity, NewVector wanted, String by, Instant now) {
        return new FeatureVector(
                new ObjectId().toHexString(),
                set.id(),
                entity.id(),
                entity.itemId(),
                entity.datasetId(),
                set.projectId(),
                wanted.value().packed(),
                wanted.version(),
                wanted.parentId(),
                wanted.org(),
                by,
                now);
    }

    static FeatureVector of(Document document) {
        ObjectId itemId = document.getObjectId(ITEM_ID);
        return new FeatureVector(
                document.getObjectId(ID).toHexString(),
                document.getObjectId(FEATURE_SET_ID).toHexString(),
                document.getObjectId(ENTITY_ID).toHexString(),
                itemId == null ? null : itemId.toHexString(),
                document.getObjectId(DATASET_ID).toHexString(),
                document.getObjectId(PROJECT_ID).toHexString(),
                document.get(PACKED, Binary.class).getData(),
                document.getString(VERSION),
                document.getString(PARENT_ID),
                document.getString(ORG),
                document.getString(CREATOR),
                document.getDate(CREATED_AT).toInstant());
    }

    /** What is absent is left out: indexes of it stay small. */
    Document toDocument() {
        Document document = new Document(ID, new ObjectId(id))
                .append(FEATURE_SET_ID, new ObjectId(featureSetId))
                .append(ENTITY_ID, new ObjectId(entityId))
                .append(DATASET_ID, new ObjectId(datasetId))
                .append(PROJECT_ID, new ObjectId(projectId))
                .append(PACKED, new Binary(packed))
                .append(CREATOR, creator)
                .append(CREATED_AT, Date.from(createdAt));
        if (itemId != null) {
            document.append(ITEM_ID, new ObjectId(itemId));
        }
        append(document, VERSION, version);
        append(document, PARENT_ID, parentId);
        append(document, ORG, org);
        return document;
    }

    private static void append(Document document, String key, @Nullable String value) {
        if (value != null) {
            document.append(key, value);
        }
    }
}
