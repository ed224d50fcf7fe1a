package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The shares of a dataset that a model is trained, validated and tested with (contract core §4.8), and which of them comes
 * next. Of the first so many items, each subset has its share but for less than one item, however many there are.
 *
 * @param percent by name, in whole percent; 100 in all
 */
record Subsets(Map<String, Integer> percent) {

    static final int MOST = 10;
    static final int LONGEST_NAME = 64;

    private static final String FIELD = "MLSplitList";
    private static final String TAGS = "tags";
    private static final int ALL = 100;

    /** What the SDK calls them. One that is named here is taken off all items, whether it is to be had or not. */
    private static final List<String> USUAL = List.of("train", "validation", "test");

    /** @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED} */
    static Subsets parse(@Nullable Map<String, ? extends @Nullable Object> given) {
        if (given == null || given.isEmpty() || given.size() > MOST) {
            throw Problem.VALIDATION_FAILED.at(FIELD, "must name 1 to " + MOST + " subsets");
        }
        Map<String, Integer> percent = new LinkedHashMap<>();
        given.forEach((name, share) -> {
            if (name.isBlank() || name.length() > LONGEST_NAME) {
                throw Problem.VALIDATION_FAILED.at(FIELD, "must have names of 1 to " + LONGEST_NAME + " characters");
            }
            JsonObject.requireStorable(FIELD, Map.of(name, 0));
            if (!(share instanceof Integer part) || part < 0 || part > ALL) {
                throw Problem.VALIDATION_FAILED.at(FIELD + "." + name, "must be a whole number from 0 to 100");
            }
            percent.put(name, part);
        });
        if (percent.values().stream().mapToInt(Integer::intValue).sum() != ALL) {
            throw Problem.VALIDATION_FAILED.at(FIELD, "must add up to 100");
        }
        return new Subsets(percent);
    }

    JsonObject toJson() {
        return new JsonObject(new LinkedHashMap<>(percent));
    }

    /** The subsets of a hundred items in their order, whatever order they were named in; after that it begins anew. */
    List<String> turns() {
        List<String> names = percent.keySet().stream()
                .filter(name -> percent.getOrDefault(name, 0) > 0)
                .sorted()
                .toList();
        int[] given = new int[names.size()];
        return IntStream.rangeClosed(1, ALL)
                .mapToObj(turn -> {
                    int next = next(names, given, turn);
                    given[next]++;
                    return names.get(next);
                })
                .toList();
    }

    /**
     * R. Tijdeman, The chairman assignment problem (1980): of those that lag far enough behind their share, the one whose
     * next item is due first.
     */
    private int next(List<String> names, int[] given, int turn) {
        double slack = names.size() == 1 ? 0 : 1.0 / (2 * names.size() - 2);
        double[] due = new double[names.size()];
        Arrays.setAll(due, subset -> {
            double share = percent.getOrDefault(names.get(subset), 0) / (double) ALL;
            double lag = share * turn - given[subset];
            return lag + 1e-9 < slack ? Double.POSITIVE_INFINITY : (1 - slack - lag) / share;
        });
        return IntStream.range(0, due.length)
                .boxed()
                .min(Comparator.comparingDouble(subset -> due[subset]))
                .orElseThrow();
    }

    /** The change that puts an item into one subset and takes it out of all others. */
    ItemPatch into(String subset) {
        Set<String> all = new LinkedHashSet<>(USUAL);
        all.addAll(percent.keySet());
        Map<String, @Nullable Object> tags = new LinkedHashMap<>();
        all.forEach(name -> tags.put(name, name.equals(subset) ? true : null));
        return new ItemPatch(null, false, null, Map.of(Item.SYSTEM, Map.of(TAGS, tags)));
    }
}
