package io.sluice.kit.query;

import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the fields that a client names are kept in the documents of one collection. */
@FunctionalInterface
public interface FieldMapping {

    /** How the values of a field are stored. */
    enum Type {
        /** Texts, numbers and booleans as JSON has them. */
        JSON,
        /** An ObjectId, on the wire 24 hexadecimal characters. */
        ID,
        /** A date, on the wire ISO 8601; a date without a time is its midnight in UTC. */
        DATE,
        /** A boolean of which false is the same as absent. */
        FLAG
    }

    /**
     * A stored field.
     *
     * @param path its path in the document
     * @param otherPaths where its value may be as well; a document is found by a value at any of them
     */
    record Field(String path, Type type, List<String> otherPaths) {

        /** Beyond this many keys, a path has one reading only. */
        private static final int MOST_READABLE_KEYS = 8;

        public Field(String path, Type type) {
            this(path, type, List.of());
        }

        /**
         * A path in JSON that clients made, whose keys may have dots. {@code a.b.c} is the value of {@code c} in
         * {@code b} in {@code a}, or of {@code c} in {@code a.b}, or of {@code b.c} in {@code a}, or of {@code a.b.c}
         * (contract core §9.7): one key of it may have dots, when the path has no more than 8 keys in all.
         */
        public static Field ofClientJson(String path) {
            return readings(path, 1);
        }

        /** As {@link #ofClientJson}, from an element of a list in such JSON on, where the first key is the client's, too. */
        static Field ofElement(String path) {
            return readings(path, 0);
        }

        /** @param ours how many keys at the beginning are fields of ours */
        private static Field readings(String path, int ours) {
            List<String> keys = List.of(path.split("\\.", -1));
            List<String> others = new ArrayList<>();
            if (keys.size() <= MOST_READABLE_KEYS + ours) {
                for (int from = ours; from < keys.size(); from++) {
                    for (int to = from + 2; to <= keys.size(); to++) {
                        List<String> joined = new ArrayList<>(keys.subList(0, from));
                        joined.add(String.join(".", keys.subList(from, to)));
                        joined.addAll(keys.subList(to, keys.size()));
                        others.add(stored(joined));
                    }
                }
            }
            return new Field(stored(keys), Type.JSON, others);
        }

        private static String stored(List<String> keys) {
            return String.join(".", keys.stream().map(JsonObject::storedKey).toList());
        }
    }

    /** The stored field, or null when documents never have one of that name, so that it is absent from all of them. */
    @Nullable
    Field resolve(String path);

    /** The same for documents in which no key of a client's JSON has a dot: each path has one reading only. */
    default FieldMapping inOneReading() {
        return path -> {
            Field field = resolve(path);
            return field == null ? null : new Field(field.path(), field.type());
        };
    }
}
