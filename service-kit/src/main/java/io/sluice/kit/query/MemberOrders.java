package io.sluice.kit.query;

import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * The orders in which the members of a JSON object may be stored. The database takes objects for equal only if their
 * members come in the same order, which JSON has no meaning for.
 */
final class MemberOrders {

    private MemberOrders() {}

    /** How many there are; {@code Long.MAX_VALUE} when that is no longer a number. */
    static long count(@Nullable Object value) {
        long count = 1;
        if (value instanceof Map<?, ?> map) {
            int place = 0;
            for (Object member : map.values()) {
                count = product(product(count, ++place), count(member));
            }
        } else if (value instanceof List<?> list) {
            for (Object member : list) {
                count = product(count, count(member));
            }
        }
        return count;
    }

    private static long product(long one, long other) {
        return Math.multiplyHigh(one, other) != 0 || one * other < 0 ? Long.MAX_VALUE : one * other;
    }

    /** All of them, as the database spells objects. */
    static List<@Nullable Object> of(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            List<@Nullable Object> orders = new ArrayList<>();
            add(new Document(), List.copyOf(map.entrySet()), orders);
            return orders;
        }
        List<@Nullable Object> orders = new ArrayList<>();
        if (value instanceof List<?> list) {
            add(new ArrayList<>(), list, orders);
        } else {
            orders.add(value);
        }
        return orders;
    }

    private static void add(Document begun, List<? extends Map.Entry<?, ?>> rest, List<@Nullable Object> orders) {
        if (rest.isEmpty()) {
            orders.add(begun);
        }
        for (Map.Entry<?, ?> next : rest) {
            List<Map.Entry<?, ?>> others = new ArrayList<>(rest);
            others.remove(next);
            for (Object member : of(next.getValue())) {
                Document longer = new Document(begun);
                longer.put(JsonObject.storedKey(String.valueOf(next.getKey())), member);
                add(longer, others, orders);
            }
        }
    }

    private static void add(
            List<@Nullable Object> begun, List<? extends @Nullable Object> rest, List<@Nullable Object> orders) {
        if (rest.isEmpty()) {
            orders.add(begun);
            return;
        }
        for (Object member : of(rest.get(0))) {
            List<@Nullable Object> longer = new ArrayList<>(begun);
            longer.add(member);
            add(longer, rest.subList(1, rest.size()), orders);
        }
    }
}
