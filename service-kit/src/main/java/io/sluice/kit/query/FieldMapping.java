package io.sluice.kit.query;

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
     */
    record Field(String path, Type type) {}

    /** The stored field, or null when documents never have one of that name, so that it is absent from all of them. */
    @Nullable
    Field resolve(String path);
}
