package io.sluice.itemservice.item;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which keys the metadata of the items of a dataset has, as far as somebody has looked.
 *
 * @param itemsSeen how many items were looked at
 * @param isComplete whether these are all, with all their keys
 * @param unsearchablePaths what nobody is to look for
 * @param fields by dotted path, each value that is no object
 */
record DatasetSchema(
        String datasetId,
        long itemsSeen,
        boolean isComplete,
        List<String> unsearchablePaths,
        Map<String, Field> fields) {

    /** As many paths as are told. */
    static final int MOST_FIELDS = 1_000;

    /**
     * @param types of JSON that its values have
     * @param items in how many of the items it was found
     */
    record Field(Set<String> types, long items, boolean searchable) {}

    /** What has been seen so far; for one thread at a time. */
    static final class Look {

        private static final int DEEPEST = 20;

        private final Set<String> itemIds = new HashSet<>();
        private final Map<String, Set<String>> types = new TreeMap<>();
        private final Map<String, Long> items = new TreeMap<>();
        private boolean isCut;

        /** One that was seen before adds nothing. */
        void at(Item item) {
            if (itemIds.add(item.id())) {
                members("metadata", item.metadata().members(), 1);
            }
        }

        int seen() {
            return itemIds.size();
        }

        private void members(String path, Map<?, ?> members, int depth) {
            members.forEach((key, value) -> value(path + "." + key, value, depth));
        }

        private void value(String path, @Nullable Object value, int depth) {
            if (value instanceof Map<?, ?> object && !object.isEmpty() && depth < DEEPEST) {
                members(path, object, depth + 1);
            } else if (types.size() < MOST_FIELDS || types.containsKey(path)) {
                types.computeIfAbsent(path, first -> new TreeSet<>()).add(typeOf(value));
                items.merge(path, 1L, Long::sum);
            } else {
                isCut = true;
            }
        }

        private static String typeOf(@Nullable Object value) {
            if (value == null) {
                return "null";
            }
            if (value instanceof Map<?, ?>) {
                return "object";
            }
            if (value instanceof List<?>) {
                return "array";
            }
            return value instanceof Boolean ? "boolean" : value instanceof Number ? "number" : "string";
        }

        DatasetSchema schema(UnsearchablePaths unsearchable, boolean areAllItems) {
            Map<String, Field> fields = new TreeMap<>();
            types.forEach((path, found) ->
                    fields.put(path, new Field(found, items.getOrDefault(path, 0L), !unsearchable.cover(path))));
            return new DatasetSchema(
                    unsearchable.datasetId(), seen(), areAllItems && !isCut, unsearchable.paths(), fields);
        }
    }
}
