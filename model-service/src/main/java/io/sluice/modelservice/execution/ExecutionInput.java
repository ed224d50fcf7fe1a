package io.sluice.modelservice.execution;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.QueryParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * Which items an execution is about, as the SDK says it (contract ml §D.1).
 *
 * @param said as it was said
 * @param itemIds in the order of ids; empty for those of a dataset
 * @param datasetId null with ids
 * @param query with {@code filter} and {@code join}; empty with ids
 */
record ExecutionInput(
        JsonObject said, List<String> itemIds, @Nullable String datasetId, JsonObject query) {

    static final int MOST_ITEMS = 10_000;

    static final String ITEM_IDS = "itemIds";
    static final String DATASET_ID = "datasetId";
    private static final String DATASET_QUERY = "datasetQuery";
    private static final String FILTER = "filter";
    private static final String JOIN = "join";

    /** Files that are not hidden: what a page shows when nobody says anything else. */
    private static final JsonObject VISIBLE_FILES =
            new JsonObject(Map.of(FILTER, Map.of("$and", List.of(Map.of("hidden", false), Map.of("type", "file")))));

    ExecutionInput {
        itemIds = List.copyOf(itemIds);
    }

    /**
     * Reads the body of a request.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED}
     */
    static ExecutionInput parse(Map<String, @Nullable Object> body, QueryParser queries) {
        JsonObject input = new JsonObject(body).object("input");
        List<String> itemIds = ids(input.members().get(ITEM_IDS));
        if (!itemIds.isEmpty()) {
            return new ExecutionInput(input, itemIds, null, JsonObject.EMPTY);
        }
        if (!(input.members().get(DATASET_ID) instanceof String datasetId) || !ObjectId.isValid(datasetId)) {
            throw Problem.VALIDATION_FAILED.at(
                    "input", "must have itemIds, or the datasetId of the items: 24 hexadecimal characters");
        }
        JsonObject query = query(input.object(DATASET_QUERY));
        queries.parse(query.members(), "items");
        return new ExecutionInput(input, List.of(), datasetId, query);
    }

    /** The SDK sends the filter alone to predict, and all of the query to evaluate. */
    private static JsonObject query(JsonObject said) {
        if (said.members().isEmpty()) {
            return VISIBLE_FILES;
        }
        if (!said.members().containsKey(FILTER)) {
            return JsonObject.EMPTY.with(FILTER, said);
        }
        Map<String, @Nullable Object> query = new LinkedHashMap<>(said.members());
        query.keySet().retainAll(List.of(FILTER, JOIN));
        return new JsonObject(query);
    }

    private static List<String> ids(@Nullable Object said) {
        if (said == null) {
            return List.of();
        }
        if (!(said instanceof List<?> list) || list.isEmpty() || list.size() > MOST_ITEMS) {
            throw Problem.VALIDATION_FAILED.at(
                    "input." + ITEM_IDS, "must be a list of 1 to " + MOST_ITEMS + " ids; name a dataset for more");
        }
        TreeSet<String> ids = new TreeSet<>();
        for (int index = 0; index < list.size(); index++) {
            if (!(list.get(index) instanceof String id) || !ObjectId.isValid(id)) {
                throw Problem.VALIDATION_FAILED.at(
                        "input." + ITEM_IDS + "[" + index + "]", "must have 24 hexadecimal characters");
            }
            ids.add(new ObjectId(id).toHexString());
        }
        return List.copyOf(ids);
    }

    /** What is to be done, so that it can be stored. */
    JsonObject toWhat() {
        return itemIds.isEmpty() ? query.with(DATASET_ID, datasetId) : new JsonObject(Map.of(ITEM_IDS, itemIds));
    }
}
