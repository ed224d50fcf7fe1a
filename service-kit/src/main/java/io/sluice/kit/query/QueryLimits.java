package io.sluice.kit.query;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How large a query may be and how long the database may work for it. Beyond the counts it is {@code INVALID_QUERY}, beyond
 * the time {@code QUERY_TOO_EXPENSIVE}.
 *
 * @param depth how deep {@code $and}, {@code $or} and {@code $match} may nest, 1–20 levels, default 20; the database
 *     takes no query of more than 100 levels, and each of these is several
 * @param conditions conditions in all, 1–10,000, default 1,000
 * @param list values of one list, 1–100,000, default 10,000
 * @param values values of all lists together, 1–1,000,000, default 100,000
 * @param text characters of one text, 1–8,192, default 4,096
 * @param wildcards wildcards in one text, 0–100, default 100; the database compiles a pattern into at most 64 KiB
 * @param time how long the database may work for one query, 100 ms–10 min, default 30 s
 */
@ConfigurationProperties("sluice.query")
public record QueryLimits(
        @DefaultValue("20") int depth,
        @DefaultValue("1000") int conditions,
        @DefaultValue("10000") int list,
        @DefaultValue("100000") int values,
        @DefaultValue("4096") int text,
        @DefaultValue("100") int wildcards,
        @DefaultValue("30s") Duration time) {

    /** As far as all of them may be set. */
    static final QueryLimits WIDEST =
            new QueryLimits(20, 10_000, 100_000, 1_000_000, 8_192, 100, Duration.ofMinutes(10));

    public QueryLimits {
        require("depth", depth, 1, 20);
        require("conditions", conditions, 1, 10_000);
        require("list", list, 1, 100_000);
        require("values", values, 1, 1_000_000);
        require("text", text, 1, 8_192);
        require("wildcards", wildcards, 0, 100);
        if (time.compareTo(Duration.ofMillis(100)) < 0 || time.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("sluice.query.time must be from 100 ms to 10 minutes");
        }
    }

    private static void require(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("sluice.query." + name + " must be from " + least + " to " + most);
        }
    }

    /** What clients are told of them; the time is told by each feature that queries. */
    Limits told() {
        return Limits.of(
                Limit.levels("query-depth", depth, "How deep $and, $or and $match may nest"),
                Limit.levels("query-match-depth", FilterReader.DEEPEST_MATCH, "How deep $match may nest in $match"),
                Limit.entries("query-conditions", conditions, "The conditions of one query"),
                Limit.entries("query-list", list, "The values of one list in a query"),
                Limit.entries("query-values", values, "The values of all lists in a query together"),
                Limit.characters("query-text", text, "One text in a query"),
                Limit.entries("query-wildcards", wildcards, "The wildcards in one text of a query"),
                Limit.levels("query-path", FilterReader.DEEPEST_PATH, "The keys in the path of one field of a query"),
                Limit.entries("query-sort", QueryParser.MOST_SORT_KEYS, "The fields that a query sorts by"),
                Limit.entries("query-select", QueryParser.MOST_SELECTED, "The fields that a query selects"),
                Limit.entries("query-references", QueryParser.MOST_REFERENCES, "The references that a query sets"));
    }
}
