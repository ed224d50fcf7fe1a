package io.sluice.kit.query;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * Reads a query of contract core §9 from JSON. What it does not know it refuses with {@link Problem#INVALID_QUERY} or
 * {@link Problem#UNSUPPORTED}, both 422: the SDK would take a 400 for an empty list.
 */
public final class QueryParser {

    /** As deep as {@code $and} and {@code $or} may nest. */
    public static final int DEEPEST = 20;

    /** As many keys as the path of a field may have; no document nests deeper. */
    public static final int DEEPEST_PATH = 100;

    /** As many conditions as a query may have in all. */
    public static final int MOST_CONDITIONS = 1_000;

    /** As long as a list operand may be. */
    public static final int LONGEST_LIST = 10_000;

    /** As many entries as all list operands of a query may have together. */
    public static final int MOST_ENTRIES = 100_000;

    /** As long as a text operand may be, in characters. */
    public static final int LONGEST_TEXT = 4_096;

    /** As many entries as a page has when nobody says how many. */
    public static final int DEFAULT_PAGE_SIZE = 100;

    /** As many entries as a page may have; who asks for more gets these. */
    public static final int LARGEST_PAGE_SIZE = 1_000;

    /** As many fields as an order may name. */
    public static final int MOST_SORT_KEYS = 8;

    private static final Map<String, Operator> OPERATORS =
            Arrays.stream(Operator.values()).collect(Collectors.toMap(Operator::wireName, Function.identity()));

    /** As much of a client's own words as goes back to it. */
    private static final int LONGEST_QUOTE = 200;

    private int conditions;
    private int entries;

    private QueryParser() {}

    /**
     * Parses the body of a query.
     *
     * @param body the JSON object
     * @param defaultResource what is asked for when the body does not say
     */
    public static Query parse(Map<String, @Nullable Object> body, String defaultResource) {
        refuseUnlessEmpty(body, "join");
        refuseUnlessEmpty(body, "references");
        QueryParser parser = new QueryParser();
        Condition filter = parser.filter(object(body.get("filter"), "filter"), "filter", 0);
        Map<String, @Nullable Object> context = object(body.get("context"), "context");
        Object update = body.get("update");
        return new Query(
                filter,
                text(body, "resource", defaultResource),
                number(body, "page", 0, Integer.MAX_VALUE),
                number(body, "pageSize", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE),
                sort(object(body.get("sort"), "sort")),
                texts(context.get(context.containsKey("projects") ? "projects" : "projectIds"), "context.projects"),
                texts(context.get("datasets"), "context.datasets"),
                flag(body, "systemSpace"),
                update == null ? null : object(update, "update"),
                flag(body, "delete"));
    }

    private Condition filter(Map<String, @Nullable Object> filter, String where, int depth) {
        if (depth > DEEPEST) {
            throw invalid(where, "nests deeper than " + DEEPEST + " levels");
        }
        if (filter.isEmpty() && depth > 0) {
            count(where);
        }
        List<Condition> all = new ArrayList<>();
        filter.forEach((key, value) -> {
            String at = where + "." + key;
            if (key.equals("$and")) {
                all.add(new All(group(value, at, depth)));
            } else if (key.equals("$or")) {
                List<Condition> any = group(value, at, depth);
                // An $or without conditions asks nothing; it must not empty the result (contract core §9.7).
                all.add(any.isEmpty() ? new All(List.of()) : new Any(any));
            } else if (key.startsWith("$")) {
                throw unknown(key, at);
            } else {
                all.add(test(key, value, at));
            }
        });
        return all.size() == 1 ? all.get(0) : new All(all);
    }

    private List<Condition> group(@Nullable Object value, String where, int depth) {
        if (!(value instanceof List<?> members)) {
            throw invalid(where, "must be a list of conditions");
        }
        if (members.isEmpty()) {
            count(where);
        }
        List<Condition> group = new ArrayList<>();
        for (int index = 0; index < members.size(); index++) {
            String at = where + "[" + index + "]";
            group.add(filter(object(members.get(index), at), at, depth + 1));
        }
        return group;
    }

    private Condition test(String path, @Nullable Object value, String where) {
        requirePath(path, where);
        if (value instanceof Map<?, ?> operators
                && operators.keySet().stream()
                        .anyMatch(key -> String.valueOf(key).startsWith("$"))) {
            List<Condition> tests = new ArrayList<>();
            operators.forEach((name, operand) ->
                    tests.add(operatorTest(path, String.valueOf(name), operand, where + "." + name)));
            return tests.size() == 1 ? tests.get(0) : new All(tests);
        }
        if (value instanceof List<?>) {
            return counted(new Test(path, Operator.IN, listOperand(value, where)), where);
        }
        return counted(new Test(path, Operator.EQUAL, scalar(value, where)), where);
    }

    private Condition operatorTest(String path, String name, @Nullable Object operand, String where) {
        Operator operator = OPERATORS.get(name);
        if (operator == null) {
            throw unknown(name, where);
        }
        Object checked = switch (operator) {
            case IN, NOT_IN -> listOperand(operand, where);
            case EXISTS -> {
                if (!(operand instanceof Boolean)) {
                    throw invalid(where, "must be true or false");
                }
                yield operand;
            }
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> {
                if (!(operand instanceof Number) && !(operand instanceof String)) {
                    throw invalid(where, "must be a number, a date or a text");
                }
                yield scalar(operand, where);
            }
            case EQUAL, NOT_EQUAL -> scalar(operand, where);
        };
        return counted(new Test(path, operator, checked), where);
    }

    private Condition counted(Test test, String where) {
        count(where);
        return test;
    }

    private void count(String where) {
        if (++conditions > MOST_CONDITIONS) {
            throw invalid(where, "is one condition more than the " + MOST_CONDITIONS + " a query may have");
        }
    }

    private List<@Nullable Object> listOperand(@Nullable Object operand, String where) {
        if (!(operand instanceof List<?> list)) {
            throw invalid(where, "must be a list");
        }
        if (list.size() > LONGEST_LIST) {
            throw invalid(where, "may have at most " + LONGEST_LIST + " entries");
        }
        entries += list.size();
        if (entries > MOST_ENTRIES) {
            throw invalid(
                    where, "is more than the " + MOST_ENTRIES + " entries in all its lists that a query may have");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Object value : list) {
            values.add(scalar(value, where));
        }
        return values;
    }

    private static @Nullable Object scalar(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?>) {
            throw Problem.UNSUPPORTED.at(
                    quoted(where), "comparing with an object is not supported; compare its members by their paths");
        }
        if (value instanceof List<?>) {
            throw invalid(where, "must not be a list in a list");
        }
        if (value instanceof String text && text.length() > LONGEST_TEXT) {
            throw invalid(where, "may have at most " + LONGEST_TEXT + " characters");
        }
        if (value instanceof String text && !JsonObject.isUnicode(text)) {
            throw invalid(where, "is not Unicode: it has one half of a surrogate pair");
        }
        if (value instanceof BigInteger) {
            throw invalid(where, "must be a number of at most 64 bits");
        }
        return value;
    }

    private static List<Query.SortKey> sort(Map<String, @Nullable Object> sort) {
        if (sort.size() > MOST_SORT_KEYS) {
            throw invalid("sort", "may have at most " + MOST_SORT_KEYS + " fields");
        }
        List<Query.SortKey> keys = new ArrayList<>();
        sort.forEach((path, direction) -> {
            if (!Objects.equals(direction, "ascending") && !Objects.equals(direction, "descending")) {
                throw invalid("sort." + path, "must be \"ascending\" or \"descending\"");
            }
            requirePath(path, "sort." + path);
            keys.add(new Query.SortKey(path, direction.equals("ascending")));
        });
        return keys;
    }

    private static void requirePath(String path, String where) {
        boolean isDeep = path.chars().filter(character -> character == '.').count() >= DEEPEST_PATH;
        boolean hasEmptyKey = path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..");
        if (isDeep
                || hasEmptyKey
                || path.indexOf('\0') >= 0
                || path.length() > LONGEST_TEXT
                || !JsonObject.isUnicode(path)) {
            throw invalid(where, "is not the path of a field");
        }
    }

    /** A JSON object; an absent one is empty. */
    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw invalid(where, "must be an object");
    }

    private static List<String> texts(@Nullable Object value, String where) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw invalid(where, "must be a list of texts");
        }
        if (list.size() > LONGEST_LIST) {
            throw invalid(where, "may have at most " + LONGEST_LIST + " entries");
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

    private static void refuseUnlessEmpty(Map<String, @Nullable Object> body, String key) {
        Object value = body.get(key);
        if (value != null && !(value instanceof Map<?, ?> map && map.isEmpty())) {
            throw Problem.UNSUPPORTED.at(key, "is not supported yet");
        }
    }

    private static ErrorResponseException invalid(String where, String message) {
        return Problem.INVALID_QUERY.at(quoted(where), message);
    }

    private static ErrorResponseException unknown(String operator, String where) {
        return invalid(
                where,
                "the operator " + quoted(operator) + " is not known; known are $and, $or and "
                        + OPERATORS.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }

    private static String quoted(String words) {
        return words.length() <= LONGEST_QUOTE ? words : words.substring(0, LONGEST_QUOTE) + "…";
    }
}
