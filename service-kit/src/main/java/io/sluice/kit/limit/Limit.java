package io.sluice.kit.limit;

import java.time.Duration;

/**
 * One bound that a client meets.
 *
 * @param name unique in the platform, in lower case with dashes, such as {@code query-text}
 * @param value as many as there may be
 * @param unit of what: {@code bytes}, {@code characters}, {@code entries}, {@code levels}, {@code milliseconds}
 * @param about what is bounded, for people
 */
public record Limit(String name, long value, String unit, String about) {

    public static Limit bytes(String name, long most, String about) {
        return new Limit(name, most, "bytes", about);
    }

    public static Limit characters(String name, long most, String about) {
        return new Limit(name, most, "characters", about);
    }

    public static Limit entries(String name, long most, String about) {
        return new Limit(name, most, "entries", about);
    }

    public static Limit levels(String name, long deepest, String about) {
        return new Limit(name, deepest, "levels", about);
    }

    public static Limit time(String name, Duration longest, String about) {
        return new Limit(name, longest.toMillis(), "milliseconds", about);
    }
}
