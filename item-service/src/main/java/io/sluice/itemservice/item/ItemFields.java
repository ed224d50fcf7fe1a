package io.sluice.itemservice.item;

import io.sluice.kit.query.FieldMapping;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of an item that a query may name (contract core §9.4). */
final class ItemFields {

    static final FieldMapping MAPPING = ItemFields::resolve;

    /** Items always have their flags: "false" asked for as such is one stretch of an index, "not true" would be several. */
    private static final Map<String, Type> FIELDS = Map.ofEntries(
            Map.entry("datasetId", Type.ID),
            Map.entry("type", Type.JSON),
            Map.entry("filename", Type.JSON),
            Map.entry("name", Type.JSON),
            Map.entry("dir", Type.JSON),
            Map.entry("hidden", Type.JSON),
            Map.entry("creator", Type.JSON),
            Map.entry("createdAt", Type.DATE),
            Map.entry("updatedBy", Type.JSON),
            Map.entry("updatedAt", Type.DATE),
            Map.entry("description", Type.JSON),
            Map.entry("annotated", Type.JSON),
            Map.entry("annotationsCount", Type.JSON));

    /** The virtual fields {@code collections0} to {@code collections9} (contract core §4.9). */
    private static final Pattern COLLECTION = Pattern.compile("collections([0-9])");

    private ItemFields() {}

    private static @Nullable Field resolve(String path) {
        if (path.equals("id")) {
            return new Field("_id", Type.ID);
        }
        Type type = FIELDS.get(path);
        if (type != null) {
            return new Field(path, type);
        }
        var collection = COLLECTION.matcher(path);
        if (collection.matches()) {
            return new Field("metadata.system.collections.c" + collection.group(1), Type.JSON);
        }
        return path.equals("metadata") || path.startsWith("metadata.") ? Field.ofClientJson(path) : null;
    }
}
