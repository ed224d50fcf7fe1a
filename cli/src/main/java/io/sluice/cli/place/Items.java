package io.sluice.cli.place;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import io.sluice.cli.gate.Gate;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The items of a dataset. */
public final class Items {

    private static final int PAGE = 1_000;

    private final Gate gate;
    private final String datasetId;

    public Items(Gate gate, JsonNode dataset) {
        this.gate = gate;
        this.datasetId = dataset.path("id").asString();
    }

    /** What people wrote: a filter, or a query with a filter and a join. */
    public static ObjectNode query(String text) {
        try {
            if (Json.read(text) instanceof ObjectNode given) {
                return given.has("filter") || given.has("join")
                        ? given.retain("filter", "join")
                        : Json.object().set("filter", given);
            }
        } catch (JacksonException notJson) {
            throw Failure.usage("The filter is no JSON: " + notJson.getOriginalMessage());
        }
        throw Failure.usage("The filter must be a JSON object, such as {\"metadata.user.season\": \"spring\"}");
    }

    /** All of them that a query describes, page after page, in the order in which they were made. */
    public Iterable<JsonNode> all(ObjectNode query) {
        return () -> new Pages(query);
    }

    /** How many that are. */
    public long count(ObjectNode query) {
        ObjectNode asked = query.deepCopy();
        asked.put("resource", "items").put("pageSize", 0).put("page", 0);
        return ask(asked).path("totalItemsCount").asLong(0);
    }

    private JsonNode ask(ObjectNode query) {
        return gate.post("/api/v1/datasets/" + datasetId + "/query", query);
    }

    /** What lies in a directory, not deeper. */
    public Iterable<JsonNode> in(String directory) {
        return all(filter("dir", directory));
    }

    /** The item of that path; its name may have characters that are wildcards to a query. */
    public Optional<JsonNode> at(String path) {
        for (JsonNode item : all(filter("filename", path))) {
            if (item.path("filename").asString("").equals(path)) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    public JsonNode require(Place place) {
        return at(place.path())
                .orElseThrow(() -> Failure.failed("There is no item " + place.path() + " in the dataset"));
    }

    private static ObjectNode filter(String field, String value) {
        return Json.object().set("filter", Json.object().put(field, value));
    }

    /** A page begins behind the last item of the one before, so what comes and goes meanwhile makes none come twice. */
    private final class Pages implements Iterator<JsonNode> {

        private final ObjectNode query;
        private final Queue<JsonNode> page = new ArrayDeque<>();
        private @Nullable String last;
        private boolean isAtEnd;

        private Pages(ObjectNode query) {
            this.query = query;
        }

        @Override
        public boolean hasNext() {
            if (page.isEmpty() && !isAtEnd) {
                read();
            }
            return !page.isEmpty();
        }

        @Override
        public JsonNode next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return page.remove();
        }

        private void read() {
            ObjectNode asked = query.deepCopy();
            asked.put("resource", "items").put("pageSize", PAGE).put("page", 0);
            asked.putObject("sort").put("id", "ascending");
            if (last != null) {
                ObjectNode filter = Json.object();
                var both = filter.putArray("$and");
                both.add(query.has("filter") ? query.get("filter") : Json.object());
                both.addObject().putObject("id").put("$gt", last);
                asked.set("filter", filter);
            }
            JsonNode answer = ask(asked);
            for (JsonNode item : answer.path("items")) {
                page.add(item);
                last = item.path("id").asString();
            }
            isAtEnd = page.isEmpty() || !answer.path("hasNextPage").asBoolean(false);
        }
    }
}
