package io.sluice.itemservice.feature;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How alike two vectors are. */
enum Metric {
    /** The cosine of the angle between them, from -1 to 1; 0 when one of them is zero. More is nearer. */
    COSINE("cosine", false),
    /** Their dot product. More is nearer. */
    DOT("dot", false),
    /** Their Euclidean distance. Less is nearer. */
    EUCLIDEAN("euclidean", true);

    private final String wireName;
    private final boolean isDistance;

    Metric(String wireName, boolean isDistance) {
        this.wireName = wireName;
        this.isDistance = isDistance;
    }

    @JsonValue
    String wireName() {
        return wireName;
    }

    static Optional<Metric> named(@Nullable Object wireName) {
        return Arrays.stream(values())
                .filter(metric -> metric.wireName.equals(wireName))
                .findFirst();
    }

    /** Whether one score is nearer than another. */
    boolean isNearer(double one, double other) {
        return isDistance ? one < other : one > other;
    }
}
