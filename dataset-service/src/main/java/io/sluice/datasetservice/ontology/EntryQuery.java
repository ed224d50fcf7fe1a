package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Query;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers a query about what lies in one ontology: its labels, attributes or structures. They are a few thousand at most and
 * in memory already, so the database is not asked.
 */
final class EntryQuery {

    /** As much as one query may be compared; far below a second. */
    private static final long MOST_WORK = 10_000_000;

    /** How much more it is to fit a text to a pattern, letter by letter, and to look through a list. */
    private static final long MUCH = 100;

    /** Longer texts, which only members of clients' own have, are found as a whole only. */
    private static final int LONGEST_FITTED = Texts.LONGEST;

    private EntryQuery() {}

    /** @param members an entry by its members, as the API shows it */
    static <T> Page<T> page(Query query, List<T> entries, Function<T, Map<String, @Nullable Object>> members) {
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("What an ontology has can be updated and deleted one by one only");
        }
        if (work(query.filter()) * entries.size() > MOST_WORK) {
            throw Problem.QUERY_TOO_EXPENSIVE.at(
                    "filter", "has too many values for so large an ontology; ask in parts");
        }
        List<T> found = entries.stream()
                .filter(entry -> holds(query.filter(), members.apply(entry)))
                .sorted(order(query.sort(), members))
                .toList();
        List<T> shown = query.pageSize() == 0
                ? List.of()
                : found.stream().skip(query.offset()).limit(query.pageSize()).toList();
        return Page.of(shown, found.size(), query.page(), query.pageSize());
    }

    private static long work(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().mapToLong(EntryQuery::work).sum();
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions().stream().mapToLong(EntryQuery::work).sum();
        }
        if (condition instanceof Condition.Elements elements) {
            return MUCH * work(elements.element());
        }
        return condition instanceof Condition.Test test ? workOf(test.operand()) : 1;
    }

    private static long workOf(@Nullable Object operand) {
        if (operand instanceof List<?> list) {
            return list.stream().mapToLong(EntryQuery::workOf).sum();
        }
        return operand instanceof String text && text.indexOf('*') >= 0 ? MUCH * text.length() : 1;
    }

    private static <T> Comparator<T> order(
            List<Query.SortKey> keys, Function<T, Map<String, @Nullable Object>> members) {
        Comparator<T> order = (one, other) -> 0;
        for (Query.SortKey key : keys) {
            Comparator<T> next = (one, other) ->
                    compareForOrder(at(members.apply(one), key.path()), at(members.apply(other), key.path()));
            order = order.thenComparing(key.ascending() ? next : next.reversed());
        }
        return order;
    }

    /** What is absent comes first, and what cannot be compared stays as it is. */
    private static int compareForOrder(@Nullable Object one, @Nullable Object other) {
        if (one == null || other == null) {
            return Boolean.compare(one != null, other != null);
        }
        Integer compared = compare(one, other);
        return compared == null ? 0 : compared;
    }

    private static boolean holds(Condition condition, @Nullable Object entry) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream().allMatch(one -> holds(one, entry));
        }
        if (condition instanceof Condition.Any any) {
            return any.conditions().stream().anyMatch(one -> holds(one, entry));
        }
        if (condition instanceof Condition.Elements elements) {
            Object list = at(entry, elements.path());
            if (!(list instanceof List<?> all) || all.isEmpty()) {
                return false;
            }
            return elements.every()
                    ? all.stream().allMatch(one -> holds(elements.element(), one))
                    : all.stream().anyMatch(one -> holds(elements.element(), one));
        }
        return condition instanceof Condition.Test test && holds(test, at(entry, test.path()));
    }

    private static boolean holds(Condition.Test test, @Nullable Object value) {
        Object operand = test.operand();
        return switch (test.operator()) {
            case EQUAL, GLOB -> isAny(value, operand);
            case NOT_EQUAL -> !isAny(value, operand);
            case IN -> operand instanceof List<?> list && list.stream().anyMatch(one -> isAny(value, one));
            case NOT_IN -> !(operand instanceof List<?> list && list.stream().anyMatch(one -> isAny(value, one)));
            case EXISTS -> Boolean.TRUE.equals(operand) == (value != null);
            case GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL -> isOrdered(test.operator(), value, operand);
        };
    }

    /** A list is found by any of its elements. */
    private static boolean isAny(@Nullable Object value, @Nullable Object wanted) {
        return is(value, wanted)
                || value instanceof List<?> list && list.stream().anyMatch(element -> is(element, wanted));
    }

    private static boolean is(@Nullable Object value, @Nullable Object wanted) {
        if (value == null || wanted == null) {
            return value == null && wanted == null;
        }
        if (value instanceof String text && wanted instanceof String pattern) {
            return text.equals(pattern) || text.length() <= LONGEST_FITTED && fits(text, pattern);
        }
        Integer compared = compare(value, wanted);
        return compared == null ? value.equals(wanted) : compared == 0;
    }

    private static boolean isOrdered(Operator operator, @Nullable Object value, @Nullable Object operand) {
        Integer compared = value == null || operand == null ? null : compare(value, operand);
        if (compared == null) {
            return false;
        }
        return switch (operator) {
            case GREATER -> compared > 0;
            case GREATER_OR_EQUAL -> compared >= 0;
            case LESS -> compared < 0;
            default -> compared <= 0;
        };
    }

    /** Null when one is not greater or less than the other, but something else. */
    private static @Nullable Integer compare(Object one, Object other) {
        if (one instanceof Number first && other instanceof Number second) {
            return new BigDecimal(first.toString()).compareTo(new BigDecimal(second.toString()));
        }
        return one instanceof String first && other instanceof String second ? first.compareTo(second) : null;
    }

    /**
     * Whether a text is of a pattern in which {@code *} stands for any characters and {@code ?} for one. Goes back to the last
     * {@code *} only, so that no pattern takes longer than the lengths of both multiplied.
     */
    private static boolean fits(String text, String pattern) {
        int at = 0;
        int in = 0;
        int star = -1;
        int afterStar = 0;
        while (at < text.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                afterStar = at;
            } else if (in < pattern.length() && (pattern.charAt(in) == '?' || pattern.charAt(in) == text.charAt(at))) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++afterStar;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }

    /** The value at a dotted path; null when there is none. An empty path is the value itself. */
    private static @Nullable Object at(@Nullable Object value, String path) {
        if (path.isEmpty()) {
            return value;
        }
        Object found = value;
        for (String key : path.split("\\.", -1)) {
            found = found instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return found;
    }
}
