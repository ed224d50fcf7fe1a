package io.sluice.kit.limit;

import java.util.List;

/**
 * The bounds of one feature; each feature that has some is asked by a bean of this type.
 *
 * @param all in the order in which they are told
 */
public record Limits(List<Limit> all) {

    /** Where a service tells its bounds; the gateway routes nobody there. */
    public static final String PATH = "/internal/limits.json";

    public Limits {
        all = List.copyOf(all);
    }

    public static Limits of(Limit... all) {
        return new Limits(List.of(all));
    }
}
