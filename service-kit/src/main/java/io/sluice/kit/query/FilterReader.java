package io.sluice.kit.query;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Any;
import io.sluice.kit.query.Condition.Elements;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/** Reads the filter of one query (contract core §9.3) and counts what it holds. */
final class FilterReader {

    /** As many keys as the path of a field may have; no document nests deeper. */
    static final int DEEPEST_PATH = 100;

    /** As deep as {@code $match} may nest in itself; for the database, each is about ten levels of its 100. */
    static final int DEEPEST_MATCH = 5;

    /** As many orders as the members of an object may have that is compared with: those of six members. */
    static final int MOST_ORDERS = 720;

    private static final String AND = "$and";
    private static final String OR = "$or";
    private static final String MATCH = "$match";
    private static final String MATCH_ALL = "$matchAll";

    private static final Map<String, Operator> OPERATORS =
            Arrays.stream(Operator.values()).collect(Collectors.toMap(Operator::wireName, Function.identity()));

    private static final Set<String> KNOWN = known();

    /** As much of a client's own words as goes back to it. */
    private static final int LONGEST_QUOTE = 200;

    private final QueryLimits limits;
    private int conditions;
    private long entries;
    private int matches;

    FilterReader(QueryLimits limits) {
        this.limits = limits;
    }

    private static Set<String> known() {
        Set<String> known = new TreeSet<>(OPERATORS.keySet());
        known.addAll(List.of(AND, OR, MATCH, MATCH_ALL));
        return known;
    }

    Condition read(Map<String, @Nullable Object> filter, String where) {
        return members(filter, "", where, 0, false);
    }

    /**
     * The members of a filter, or of an object that is matched.
     *
     * @param path of the object; empty for a filter and for an element of a list
     * @param matched whether an object without operators stands for its members, and not for itself
     */
    private Condition members(
            Map<String, @Nullable Object> members, String path, String where, int depth, boolean matched) {
        if (depth > limits.depth()) {
            throw invalid(where, "nests deeper than " + limits.depth() + " levels");
        }
        if (members.isEmpty() && depth > 0) {
            count(where);
        }
        List<Condition> all = new ArrayList<>();
        members.forEach((key, value) -> {
            String at = where + "." + key;
            if (isGroup(key)) {
                all.add(group(key, value, at, member -> filter -> members(filter, path, member, depth + 1, matched)));
            } else if (key.startsWith("$")) {
                throw KNOWN.contains(key)
                        ? invalid(at, "the operator " + key + " must stand in the value of a field")
                        : unknown(key, at);
            } else {
                requirePath(key, at);
                all.add(value(path.isEmpty() ? key : path + "." + key, value, at, depth, matched));
            }
        });
        return all.size() == 1 ? all.get(0) : new All(all);
    }

    private static boolean isGroup(String key) {
        return key.equals(AND) || key.equals(OR);
    }

    private Condition group(
            String kind,
            @Nullable Object value,
            String where,
            Function<String, Function<Map<String, @Nullable Object>, Condition>> reading) {
        List<?> members = groupMembers(value, where);
        List<Condition> group = new ArrayList<>();
        for (int index = 0; index < members.size(); index++) {
            String at = where + "[" + index + "]";
            group.add(reading.apply(at).apply(object(members.get(index), at)));
        }
        return grouped(kind, group);
    }

    private List<?> groupMembers(@Nullable Object value, String where) {
        if (!(value instanceof List<?> members)) {
            throw invalid(where, "must be a list of conditions");
        }
        if (members.isEmpty()) {
            count(where);
        }
        return members;
    }

    private static Condition grouped(String kind, List<Condition> group) {
        // An $or without conditions asks nothing; it must not empty the result (contract core §9.7).
        return kind.equals(AND) || group.isEmpty() ? new All(group) : new Any(group);
    }

    private Condition value(String path, @Nullable Object value, String where, int depth, boolean matched) {
        if (value instanceof Map<?, ?>) {
            Map<String, @Nullable Object> members = object(value, where);
            if (members.keySet().stream().anyMatch(key -> key.startsWith("$"))) {
                return operators(path, members, where, depth, matched);
            }
            if (matched && !members.isEmpty()) {
                return members(members, path, where, depth + 1, true);
            }
        }
        if (value instanceof List<?>) {
            return test(path, Operator.IN, listOperand(value, where), where);
        }
        return test(path, Operator.EQUAL, operand(value, where), where);
    }

    private Condition operators(
            String path, Map<String, @Nullable Object> operators, String where, int depth, boolean matched) {
        List<Condition> all = new ArrayList<>();
        operators.forEach((name, operand) -> {
            String at = where + "." + name;
            if (isGroup(name)) {
                all.add(choices(name, path, operand, at, depth + 1, matched));
            } else if (name.equals(MATCH) || name.equals(MATCH_ALL)) {
                requirePath(path, at);
                all.add(new Elements(path, name.equals(MATCH_ALL), element(operand, at, depth + 1)));
            } else {
                all.add(operatorTest(path, name, operand, at));
            }
        });
        return all.size() == 1 ? all.get(0) : new All(all);
    }

    /** {@code $and} or {@code $or} as an operator: conditions on one field. */
    private Condition choices(
            String kind, String path, @Nullable Object value, String where, int depth, boolean matched) {
        if (depth > limits.depth()) {
            throw invalid(where, "nests deeper than " + limits.depth() + " levels");
        }
        List<?> members = groupMembers(value, where);
        List<Condition> group = new ArrayList<>();
        for (int index = 0; index < members.size(); index++) {
            group.add(value(path, members.get(index), where + "[" + index + "]", depth, matched));
        }
        return grouped(kind, group);
    }

    private Condition element(@Nullable Object operand, String where, int depth) {
        Map<String, @Nullable Object> members = object(operand, where);
        if (operand == null || members.isEmpty()) {
            throw invalid(where, "must be an object that says what an element has to be");
        }
        if (++matches > DEEPEST_MATCH) {
            throw invalid(where, "nests deeper in others than " + DEEPEST_MATCH + " levels");
        }
        Condition element = members.keySet().stream().anyMatch(key -> key.startsWith("$") && !isGroup(key))
                ? itself(members, where)
                : members(members, "", where, depth, true);
        matches--;
        return element;
    }

    /** Operators right in {@code $match}: the element is compared as a whole. */
    private Condition itself(Map<String, @Nullable Object> operators, String where) {
        List<Condition> all = new ArrayList<>();
        operators.forEach((name, operand) -> all.add(operatorTest(Test.ITSELF, name, operand, where + "." + name)));
        return new All(all);
    }

    private Condition operatorTest(String path, String name, @Nullable Object operand, String where) {
        Operator operator = OPERATORS.get(name);
        if (operator == null) {
            throw KNOWN.contains(name)
                    ? invalid(where, "the operator " + name + " must not stand beside operators of an element")
                    : unknown(name, where);
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
                yield operand(operand, where);
            }
            case GLOB -> {
                if (!(operand instanceof String)) {
                    throw invalid(where, "must be a text, in which * stands for any characters and ? for one");
                }
                yield operand(operand, where);
            }
            case EQUAL, NOT_EQUAL -> operand(operand, where);
        };
        return test(path, operator, checked, where);
    }

    private Test test(String path, Operator operator, @Nullable Object operand, String where) {
        if (!path.equals(Test.ITSELF)) {
            requirePath(path, where);
        }
        count(where);
        return new Test(path, operator, operand);
    }

    private void count(String where) {
        if (++conditions > limits.conditions()) {
            throw invalid(where, "is one condition more than the " + limits.conditions() + " a query may have");
        }
    }

    private void countEntries(long more, String where) {
        entries += more;
        if (entries > limits.values()) {
            throw invalid(
                    where, "is more than the " + limits.values() + " entries in all its lists that a query may have");
        }
    }

    private List<@Nullable Object> listOperand(@Nullable Object operand, String where) {
        if (!(operand instanceof List<?> list)) {
            throw invalid(where, "must be a list");
        }
        requireShort(list, where);
        countEntries(list.size(), where);
        List<@Nullable Object> values = new ArrayList<>();
        for (Object value : list) {
            values.add(operand(value, where));
        }
        return values;
    }

    private void requireShort(List<?> list, String where) {
        if (list.size() > limits.list()) {
            throw invalid(where, "may have at most " + limits.list() + " entries");
        }
    }

    /** What a field is compared with. */
    private @Nullable Object operand(@Nullable Object value, String where) {
        if (value instanceof List<?>) {
            throw invalid(where, "must not be a list in a list");
        }
        if (value instanceof Map<?, ?>) {
            long orders = MemberOrders.count(value);
            if (orders > MOST_ORDERS) {
                throw invalid(
                        where,
                        "has too many members to be compared as a whole; compare them one by one by their paths");
            }
            countEntries(orders, where);
            requireComparable(value, where);
            return value;
        }
        requireComparable(value, where);
        if (value instanceof String text && wildcardsIn(text) > limits.wildcards()) {
            throw invalid(where, "may have at most " + limits.wildcards() + " wildcards");
        }
        return value;
    }

    private static long wildcardsIn(String text) {
        return text.chars().filter(MongoFilter::isWildcard).count();
    }

    private void requireComparable(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?> members) {
            members.forEach((key, member) -> {
                String name = String.valueOf(key);
                if (name.startsWith("$")) {
                    throw invalid(where + "." + name, "the operator " + quoted(name) + " must not stand in a value");
                }
                if (name.indexOf('\0') >= 0) {
                    throw invalid(where, "has a key with a NUL");
                }
                requireText(name, where);
                requireComparable(member, where + "." + name);
            });
        } else if (value instanceof List<?> list) {
            requireShort(list, where);
            countEntries(list.size(), where);
            list.forEach(member -> requireComparable(member, where));
        } else if (value instanceof String text) {
            requireText(text, where);
        } else if (value instanceof BigInteger) {
            throw invalid(where, "must be a number of at most 64 bits");
        }
    }

    private void requireText(String text, String where) {
        if (text.length() > limits.text()) {
            throw invalid(where, "may have at most " + limits.text() + " characters");
        }
        if (!JsonObject.isUnicode(text)) {
            throw invalid(where, "is not Unicode: it has one half of a surrogate pair");
        }
    }

    void requirePath(String path, String where) {
        boolean isDeep = path.chars().filter(character -> character == '.').count() >= DEEPEST_PATH;
        boolean hasEmptyKey = path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..");
        if (isDeep
                || hasEmptyKey
                || path.indexOf('\0') >= 0
                || path.length() > limits.text()
                || !JsonObject.isUnicode(path)) {
            throw invalid(where, "is not the path of a field");
        }
    }

    /** A JSON object; an absent one is empty. */
    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw invalid(where, "must be an object");
    }

    static ErrorResponseException invalid(String where, String message) {
        return Problem.INVALID_QUERY.at(quoted(where), message);
    }

    private static ErrorResponseException unknown(String operator, String where) {
        return invalid(
                where, "the operator " + quoted(operator) + " is not known; known are " + String.join(", ", KNOWN));
    }

    private static String quoted(String words) {
        return words.length() <= LONGEST_QUOTE ? words : words.substring(0, LONGEST_QUOTE) + "…";
    }
}
