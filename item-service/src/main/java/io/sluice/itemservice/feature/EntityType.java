package io.sluice.itemservice.feature;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the vectors of a set belong to. */
public enum EntityType {
    ITEM("item"),
    ANNOTATION("annotation"),
    DATASET("dataset");

    private final String wireName;

    EntityType(String wireName) {
        this.wireName = wireName;
    }

    /** The name in requests and replies, and in the database. */
    @JsonValue
    String wireName() {
        return wireName;
    }

    static Optional<EntityType> named(@Nullable Object wireName) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equals(wireName))
                .findFirst();
    }
}
