package io.sluice.itemservice.annotation;

import io.sluice.kit.query.FieldMapping;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of an annotation that a query may name (contract ml §A.5). */
final class AnnotationFields {

    static final FieldMapping MAPPING = AnnotationFields::resolve;

    private static final Map<String, Field> FIELDS = Map.ofEntries(
            Map.entry("id", new Field("_id", Type.ID)),
            // What the SDK calls it when it deletes a list of them.
            Map.entry("annotationId", new Field("_id", Type.ID)),
            Map.entry("itemId", new Field("itemId", Type.ID)),
            Map.entry("datasetId", new Field("datasetId", Type.ID)),
            Map.entry("type", new Field("type", Type.JSON)),
            Map.entry("label", new Field("label", Type.JSON)),
            Map.entry("hash", new Field("hash", Type.JSON)),
            Map.entry("creator", new Field("creator", Type.JSON)),
            Map.entry("createdAt", new Field("createdAt", Type.DATE)),
            Map.entry("updatedBy", new Field("updatedBy", Type.JSON)),
            Map.entry("updatedAt", new Field("updatedAt", Type.DATE)));

    private static final Set<String> IN_CONTENT = Set.of(
            Annotation.COORDINATES,
            Annotation.ATTRIBUTES,
            "description",
            "labelSuggestions",
            "source",
            "srcAnnotation");

    private AnnotationFields() {}

    private static @Nullable Field resolve(String path) {
        Field field = FIELDS.get(path);
        if (field != null) {
            return field;
        }
        String first = path.contains(".") ? path.substring(0, path.indexOf('.')) : path;
        if (first.equals("metadata")) {
            return Field.ofClientJson(path);
        }
        return IN_CONTENT.contains(first) ? Field.ofClientJson("content." + path) : null;
    }
}
