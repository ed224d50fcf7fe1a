package io.sluice.itemservice.feature;

import io.sluice.kit.query.FieldMapping;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import java.util.Map;

/** The fields of feature sets and vectors that a query may name. */
final class FeatureFields {

    static final String FEATURE_SET_ID = "featureSetId";

    private static final Map<String, Field> SET = Map.ofEntries(
            Map.entry("id", new Field("_id", Type.ID)),
            Map.entry("name", new Field("name", Type.JSON)),
            Map.entry("type", new Field("type", Type.JSON)),
            Map.entry("entityType", new Field("entityType", Type.JSON)),
            Map.entry("size", new Field("size", Type.JSON)),
            Map.entry("project", new Field("projectId", Type.ID)),
            Map.entry("modelId", new Field("modelId", Type.JSON)),
            Map.entry("org", new Field("org", Type.JSON)),
            Map.entry("tags", new Field("tags", Type.JSON)),
            Map.entry("creator", new Field("creator", Type.JSON)),
            Map.entry("createdAt", new Field("createdAt", Type.DATE)),
            Map.entry("updatedBy", new Field("updatedBy", Type.JSON)),
            Map.entry("updatedAt", new Field("updatedAt", Type.DATE)));

    private static final Map<String, Field> VECTOR = Map.ofEntries(
            Map.entry("id", new Field(FeatureVector.ID, Type.ID)),
            Map.entry(FEATURE_SET_ID, new Field(FeatureVector.FEATURE_SET_ID, Type.ID)),
            Map.entry("entityId", new Field(FeatureVector.ENTITY_ID, Type.ID)),
            Map.entry("itemId", new Field(FeatureVector.ITEM_ID, Type.ID)),
            Map.entry("datasetId", new Field(FeatureVector.DATASET_ID, Type.ID)),
            Map.entry("project", new Field(FeatureVector.PROJECT_ID, Type.ID)),
            Map.entry("version", new Field(FeatureVector.VERSION, Type.JSON)),
            Map.entry("parentId", new Field(FeatureVector.PARENT_ID, Type.JSON)),
            Map.entry("org", new Field(FeatureVector.ORG, Type.JSON)),
            Map.entry("creator", new Field(FeatureVector.CREATOR, Type.JSON)),
            Map.entry("createdAt", new Field(FeatureVector.CREATED_AT, Type.DATE)));

    static final FieldMapping OF_SETS = SET::get;
    static final FieldMapping OF_VECTORS = VECTOR::get;

    private FeatureFields() {}
}
