package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.itemservice.feature.ItemVectors;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.QueryParser;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the bodies of requests for an export say (contract core §4.10, §4.11), checked. */
final class ExportForm {

    /** A lock that nobody says the length of. */
    private static final long DEFAULT_LOCK_SECONDS = 3_600;

    /** The year 9999, in milliseconds. */
    private static final long MOST_VERSION = 253_402_300_799_999L;

    private static final long LONGEST_LOCK_SECONDS = 24 * 3_600;

    /** The longest that an item is stored after the time that it says it was changed at. */
    private static final Duration LATE = Duration.ofMinutes(2);

    private static final Map<String, @Nullable Object> VISIBLE_FILES = Map.of("hidden", false, "type", Item.FILE);

    private final Map<String, @Nullable Object> body;

    ExportForm(Map<String, @Nullable Object> body) {
        this.body = body;
    }

    /**
     * The items that are asked for, so that a query can be read from it again. Pages are none of an export's business; who
     * says nothing means what a list shows.
     */
    JsonObject query(String member, QueryParser queries) {
        Object filter = object(member).get("filter");
        return query(member, queries, filter == null ? VISIBLE_FILES : filter);
    }

    /**
     * Of the items that are asked for those that were made or changed since a moment, and some that changed shortly before
     * it: the time is noted before an item is stored, by a replica whose clock may differ.
     */
    JsonObject changed(String member, QueryParser queries, Instant since) {
        Map<String, @Nullable Object> asked = query(member, queries).members();
        Object changedSince =
                Map.of("updatedAt", Map.of("$gte", since.minus(LATE).toString()));
        return query(
                member, queries, Map.of("$and", List.of(Objects.requireNonNull(asked.get("filter")), changedSince)));
    }

    private JsonObject query(String member, QueryParser queries, Object filter) {
        Map<String, @Nullable Object> given = object(member);
        Map<String, @Nullable Object> query = new LinkedHashMap<>();
        query.put("filter", filter);
        if (given.get("join") instanceof Map<?, ?> join && !join.isEmpty()) {
            query.put("join", join);
        }
        queries.parse(query, DatasetItemsController.ITEMS, DatasetItemsController.JOINS);
        return new JsonObject(query);
    }

    /** The annotations that are asked for, so that a query can be read from it again; all where nothing is said. */
    JsonObject annotations(String member, QueryParser queries) {
        return filter(member, queries, AnnotationQueries.RESOURCE);
    }

    /** The feature vectors that are asked for, so that a query can be read from it again; all where nothing is said. */
    JsonObject vectors(String member, QueryParser queries) {
        return filter(member, queries, ItemVectors.RESOURCE);
    }

    private JsonObject filter(String member, QueryParser queries, String resource) {
        JsonObject query = JsonObject.EMPTY.with("filter", object(member).get("filter"));
        queries.parse(query.members(), resource);
        return query;
    }

    /** The member object of that name, also of a member; empty when there is none. */
    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    Map<String, @Nullable Object> object(String member) {
        Object value = body.get(member);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw Problem.VALIDATION_FAILED.at(member, "must be an object");
    }

    /** The value of a member, one of those; the first when there is none. */
    String oneOf(String member, String... known) {
        Object value = body.get(member);
        if (value == null) {
            return known[0];
        }
        return Stream.of(known)
                .filter(word -> word.equalsIgnoreCase(String.valueOf(value)))
                .findFirst()
                .orElseThrow(() -> Problem.VALIDATION_FAILED.at(member, "must be one of " + String.join(", ", known)));
    }

    boolean flag(String member) {
        Object value = body.get(member);
        if (value != null && !(value instanceof Boolean)) {
            throw Problem.VALIDATION_FAILED.at(member, "must be true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    /** A whole number of at least 1; null when there is none. */
    @Nullable
    Long number(String member, long most) {
        Object value = body.get(member);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Integer || value instanceof Long)
                || ((Number) value).longValue() < 1
                || ((Number) value).longValue() > most) {
            throw Problem.VALIDATION_FAILED.at(member, "must be a whole number from 1 to " + most);
        }
        return ((Number) value).longValue();
    }

    /** Since which version changes are asked for; null when all items are. */
    @Nullable
    Long fromVersion() {
        boolean isDiff = oneOf("mode", PartsExport.FULL, PartsExport.DIFF).equals(PartsExport.DIFF);
        Long version = number("fromVersion", MOST_VERSION);
        if (isDiff && version == null) {
            throw Problem.VALIDATION_FAILED.at(
                    "fromVersion", "is missing; give the toVersion of an earlier export, or ask for the mode full");
        }
        return isDiff ? version : null;
    }

    /** For how long the dataset is to be locked at most; null when it is not. */
    @Nullable
    Long lockSeconds() {
        Long asked = number("lockTimeoutSec", LONGEST_LOCK_SECONDS);
        return flag("datasetLock") ? Objects.requireNonNullElse(asked, DEFAULT_LOCK_SECONDS) : null;
    }
}
