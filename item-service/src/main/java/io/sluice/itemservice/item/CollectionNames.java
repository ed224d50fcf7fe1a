package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * The collections of a dataset (contract core §4.9): an item is in one by {@code metadata.system.collections.<key>}.
 *
 * @param version counts the changes, from 0 for what is not stored yet
 * @param names by key, which is {@code c0} to {@code c9}
 */
@Document("item_collections")
record CollectionNames(@Id String datasetId, @Version long version, Map<String, String> names) {

    /** As many as a dataset may have. */
    static final int MOST = 10;

    static final int LONGEST_NAME = 250;

    static final String FIELD = "collections";

    CollectionNames {
        names = Map.copyOf(names);
    }

    static CollectionNames none(String datasetId) {
        return new CollectionNames(datasetId, 0, Map.of());
    }

    /** A name that can be part of an address, as the SDK makes it. */
    static String checked(String field, @Nullable String name) {
        if (name == null || name.isBlank()) {
            throw Problem.VALIDATION_FAILED.at(field, "must not be empty");
        }
        if (name.length() > LONGEST_NAME) {
            throw Problem.VALIDATION_FAILED.at(field, "may have at most " + LONGEST_NAME + " characters");
        }
        if (name.chars().anyMatch(character -> Character.isISOControl(character) || character == '/')) {
            throw Problem.VALIDATION_FAILED.at(field, "must not hold control characters, nor /");
        }
        return name;
    }

    Optional<String> keyOf(String name) {
        return names.entrySet().stream()
                .filter(entry -> entry.getValue().equals(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    boolean isFull() {
        return names.size() >= MOST;
    }

    /** With those names, too, as far as there is room. */
    CollectionNames with(Collection<String> wanted) {
        Map<String, String> more = new HashMap<>(names);
        wanted.stream()
                .filter(name -> !more.containsValue(name))
                .forEach(name -> freeKey(more).ifPresent(key -> more.put(key, name)));
        return new CollectionNames(datasetId, version, more);
    }

    private static Optional<String> freeKey(Map<String, String> names) {
        return IntStream.range(0, MOST)
                .mapToObj(number -> "c" + number)
                .filter(key -> !names.containsKey(key))
                .findFirst();
    }

    CollectionNames renamed(String key, String name) {
        Map<String, String> changed = new HashMap<>(names);
        changed.put(key, name);
        return new CollectionNames(datasetId, version, changed);
    }

    CollectionNames without(String key) {
        Map<String, String> fewer = new HashMap<>(names);
        fewer.remove(key);
        return new CollectionNames(datasetId, version, fewer);
    }

    /** What an entry of the list says. */
    record Named(String name) {}

    /** As clients see it: by the path in the metadata. */
    Map<String, Named> shown() {
        Map<String, Named> shown = new LinkedHashMap<>();
        new TreeMap<>(names).forEach((key, name) -> shown.put("metadata.system.collections." + key, new Named(name)));
        return shown;
    }
}
