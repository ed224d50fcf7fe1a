package io.sluice.kit.query;

import static io.sluice.kit.query.FilterReader.invalid;
import static io.sluice.kit.query.FilterReader.object;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query.Reference;
import io.sluice.kit.query.Query.References;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a query of contract core §9 from JSON. What it does not know it refuses with {@link Problem#INVALID_QUERY} or
 * {@link Problem#UNSUPPORTED}, both 422: the SDK would take a 400 for an empty list.
 */
public final class QueryParser {

    /** As many entries as a page has when nobody says how many. */
    public static final int DEFAULT_PAGE_SIZE = Page.DEFAULT_SIZE;

    /** As many entries as a page may have; who asks for more gets these. */
    public static final int LARGEST_PAGE_SIZE = Page.LARGEST_SIZE;

    /** As many fields as an order may name. */
    static final int MOST_SORT_KEYS = 8;

    /** As many fields as a selection may name. */
    static final int MOST_SELECTED = 100;

    /** As many references as one query sets or takes away. */
    static final int MOST_REFERENCES = 100;

    private static final String FILTER = "filter";
    private static final String JOIN = "join";
    private static final String REFERENCES = "references";

    private final QueryLimits limits;

    public QueryParser(QueryLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the filter of a query that was accepted before: it holds, also when the limits have become lower since.
     *
     * @param body the JSON object
     */
    public static Condition accepted(Map<String, @Nullable Object> body) {
        FilterReader reader = new FilterReader(QueryLimits.WIDEST);
        Condition filter = reader.read(object(body.get(FILTER), FILTER), FILTER);
        Map<String, @Nullable Object> join = object(body.get(JOIN), JOIN);
        return join.isEmpty() ? filter : joined(filter, join, reader);
    }

    private static Condition joined(Condition filter, Map<String, @Nullable Object> join, FilterReader reader) {
        String where = JOIN + "." + FILTER;
        return new Condition.All(List.of(
                filter, new Condition.Joined(reader.read(object(join.get(FILTER), where), where))));
    }

    /**
     * Parses the body of a query in which nothing is joined.
     *
     * @param body the JSON object
     * @param defaultResource what is asked for when the body does not say
     */
    public Query parse(Map<String, @Nullable Object> body, String defaultResource) {
        return parse(body, defaultResource, Map.of());
    }

    /**
     * Parses the body of a query that only finds, and whole things of one kind.
     *
     * @param body the JSON object
     * @param resource what it finds; any other is refused
     */
    public Query parseSearch(Map<String, @Nullable Object> body, String resource) {
        Query query = parse(body, resource);
        if (!query.resource().equals(resource)) {
            throw Problem.UNSUPPORTED.at("resource", "must be " + resource);
        }
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("By a query " + resource + " can be found, but not changed");
        }
        if (query.select() != null) {
            throw Problem.UNSUPPORTED.at("select", "is not possible: " + resource + " are found whole");
        }
        return query;
    }

    /**
     * Parses the body of a query.
     *
     * @param body the JSON object
     * @param defaultResource what is asked for when the body does not say
     * @param joins by a resource that can be asked for: the one that may be joined to it
     */
    public Query parse(Map<String, @Nullable Object> body, String defaultResource, Map<String, String> joins) {
        FilterReader reader = new FilterReader(limits);
        Condition filter = reader.read(object(body.get(FILTER), FILTER), FILTER);
        Map<String, @Nullable Object> join = object(body.get(JOIN), JOIN);
        if (!join.isEmpty()) {
            requireJoin(join, joins.get(text(body, "resource", defaultResource)));
            filter = joined(filter, join, reader);
        }
        Map<String, @Nullable Object> context = object(body.get("context"), "context");
        Object update = body.get("update");
        return new Query(
                filter,
                text(body, "resource", defaultResource),
                number(body, "page", 0, Integer.MAX_VALUE),
                number(body, "pageSize", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE),
                sort(object(body.get("sort"), "sort"), reader),
                texts(context.get(context.containsKey("projects") ? "projects" : "projectIds"), "context.projects"),
                texts(context.get("datasets"), "context.datasets"),
                flag(body, "systemSpace"),
                selection(object(body.get("select"), "select"), reader),
                update == null ? null : object(update, "update"),
                references(object(body.get(REFERENCES), REFERENCES), body),
                flag(body, "delete"));
    }

    private static List<Query.SortKey> sort(Map<String, @Nullable Object> sort, FilterReader reader) {
        if (sort.size() > MOST_SORT_KEYS) {
            throw invalid("sort", "may have at most " + MOST_SORT_KEYS + " fields");
        }
        List<Query.SortKey> keys = new ArrayList<>();
        sort.forEach((path, direction) -> {
            if (!Objects.equals(direction, "ascending") && !Objects.equals(direction, "descending")) {
                throw invalid("sort." + path, "must be \"ascending\" or \"descending\"");
            }
            reader.requirePath(path, "sort." + path);
            keys.add(new Query.SortKey(path, direction.equals("ascending")));
        });
        return keys;
    }

    private static @Nullable Selection selection(Map<String, @Nullable Object> select, FilterReader reader) {
        if (select.isEmpty()) {
            return null;
        }
        if (select.size() > MOST_SELECTED) {
            throw invalid("select", "may have at most " + MOST_SELECTED + " fields");
        }
        List<String> included = new ArrayList<>();
        List<String> excluded = new ArrayList<>();
        select.forEach((path, choice) -> {
            reader.requirePath(path, "select." + path);
            (isIncluded(choice, "select." + path) ? included : excluded).add(path);
        });
        // The id is always answered: to leave it out says nothing, and to ask for it says nothing beside exclusions.
        excluded.remove(Selection.ID);
        if (!excluded.isEmpty()) {
            included.remove(Selection.ID);
        }
        if (!included.isEmpty() && !excluded.isEmpty()) {
            throw invalid("select", "must either name what is answered (1) or what is left out (0), not both");
        }
        return new Selection(!included.isEmpty(), included.isEmpty() ? excluded : included);
    }

    private static boolean isIncluded(@Nullable Object choice, String where) {
        if (choice instanceof Boolean included) {
            return included;
        }
        if (choice instanceof Number number && (number.doubleValue() == 0 || number.doubleValue() == 1)) {
            return number.doubleValue() == 1;
        }
        throw invalid(where, "must be 1, to answer it, or 0, to leave it out");
    }

    private @Nullable References references(
            Map<String, @Nullable Object> references, Map<String, @Nullable Object> body) {
        if (references.isEmpty()) {
            return null;
        }
        if (body.get("update") != null || flag(body, "delete")) {
            throw invalid(REFERENCES, "must not stand beside update or delete");
        }
        Object operation = references.get("operation");
        if (!Objects.equals(operation, "create") && !Objects.equals(operation, "delete")) {
            throw invalid(REFERENCES + ".operation", "must be \"create\" or \"delete\"");
        }
        if (!(references.get("refs") instanceof List<?> list) || list.isEmpty() || list.size() > MOST_REFERENCES) {
            throw invalid(REFERENCES + ".refs", "must be a list of 1 to " + MOST_REFERENCES + " references");
        }
        Set<Reference> refs = new LinkedHashSet<>();
        for (int index = 0; index < list.size(); index++) {
            String where = REFERENCES + ".refs[" + index + "]";
            Map<String, @Nullable Object> reference = object(list.get(index), where);
            refs.add(new Reference(name(reference, "type", where), name(reference, "id", where)));
        }
        return new References(operation.equals("create"), List.copyOf(refs));
    }

    private String name(Map<String, @Nullable Object> reference, String key, String where) {
        if (reference.get(key) instanceof String text
                && !text.isEmpty()
                && text.length() <= limits.text()
                && JsonObject.isUnicode(text)) {
            return text;
        }
        throw invalid(where + "." + key, "must be a text of 1 to " + limits.text() + " characters");
    }

    private List<String> texts(@Nullable Object value, String where) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw invalid(where, "must be a list of texts");
        }
        if (list.size() > limits.list()) {
            throw invalid(where, "may have at most " + limits.list() + " entries");
        }
        return list.stream().map(String.class::cast).toList();
    }

    private static String text(Map<String, @Nullable Object> body, String key, String otherwise) {
        Object value = body.get(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof String text) {
            return text;
        }
        throw invalid(key, "must be a text");
    }

    private static boolean flag(Map<String, @Nullable Object> body, String key) {
        Object value = body.get(key);
        if (value != null && !(value instanceof Boolean)) {
            throw invalid(key, "must be true or false");
        }
        return Boolean.TRUE.equals(value);
    }

    private static int number(Map<String, @Nullable Object> body, String key, int otherwise, int most) {
        Object value = body.get(key);
        if (value == null) {
            return otherwise;
        }
        if (!(value instanceof Integer || value instanceof Long) || ((Number) value).longValue() < 0) {
            throw invalid(key, "must be a whole number, 0 or more");
        }
        return (int) Math.min(most, ((Number) value).longValue());
    }

    /** Which fields are compared is not asked: an annotation belongs to one item. */
    private static void requireJoin(Map<String, @Nullable Object> join, @Nullable String joined) {
        Map<String, @Nullable Object> on = object(join.get("on"), JOIN + ".on");
        if (joined == null) {
            throw Problem.UNSUPPORTED.at(JOIN, "is not supported here");
        }
        if (!text(on, "resource", joined).equals(joined)) {
            throw Problem.UNSUPPORTED.at(JOIN + ".on.resource", "must be " + joined);
        }
    }
}
