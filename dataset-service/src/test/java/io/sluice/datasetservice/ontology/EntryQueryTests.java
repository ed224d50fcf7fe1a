package io.sluice.datasetservice.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.paging.Page;
import io.sluice.kit.query.QueryLimits;
import io.sluice.kit.query.QueryParser;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryQueryTests {

    private static final List<Map<String, @Nullable Object>> ENTRIES = List.of(
            Map.of("id", "1", "key", "age", "depth", 0, "values", List.of("young", "adult")),
            Map.of("id", "2", "key", "color", "depth", 1, "values", List.of("red")),
            Map.of("id", "3", "key", "agility", "depth", 2, "range", Map.of("min", 0)));

    private static final QueryLimits LIMITS =
            new QueryLimits(20, 100, 20_000, 20_000, 4_096, 100, Duration.ofSeconds(1));

    private static List<@Nullable Object> found(Map<String, @Nullable Object> filter) {
        return ids(page(Map.of("filter", filter)));
    }

    private static Page<Map<String, @Nullable Object>> page(Map<String, @Nullable Object> query) {
        return EntryQuery.page(new QueryParser(LIMITS).parse(query, "attributes"), ENTRIES, entry -> entry);
    }

    private static List<@Nullable Object> ids(Page<Map<String, @Nullable Object>> page) {
        return page.items().stream()
                .<@Nullable Object>map(entry -> entry.get("id"))
                .toList();
    }

    @Test
    void findsByValuesAndPatterns() {
        assertThat(found(Map.of())).containsExactly("1", "2", "3");
        assertThat(found(Map.of("key", "age"))).containsExactly("1");
        assertThat(found(Map.of("key", "ag*"))).containsExactly("1", "3");
        assertThat(found(Map.of("key", "*l*y"))).containsExactly("3");
        assertThat(found(Map.of("values", "adult"))).containsExactly("1");
        assertThat(found(Map.of("key", Map.of("$in", List.of("age", "color"))))).containsExactly("1", "2");
        assertThat(found(Map.of("key", Map.of("$ne", "age")))).containsExactly("2", "3");
        assertThat(found(Map.of("depth", Map.of("$gte", 1)))).containsExactly("2", "3");
        assertThat(found(Map.of("range.min", Map.of("$exists", true)))).containsExactly("3");
        assertThat(found(Map.of("$or", List.of(Map.of("id", "1"), Map.of("id", "3")))))
                .containsExactly("1", "3");
    }

    @Test
    void refusesWhatWouldTakeLong() {
        List<String> patterns = IntStream.range(0, 10_000)
                .mapToObj(number -> "*" + number + "*")
                .toList();

        assertThatThrownBy(() -> found(Map.of("key", Map.of("$in", patterns)))).hasMessageContaining("filter:");
    }

    @Test
    void sortsAndPages() {
        Page<Map<String, @Nullable Object>> page =
                page(Map.of("filter", Map.of(), "sort", Map.of("key", "descending"), "page", 1, "pageSize", 2));

        assertThat(ids(page)).containsExactly("1");
        assertThat(page.totalItemsCount()).isEqualTo(3);
        assertThat(page.hasNextPage()).isFalse();
    }
}
