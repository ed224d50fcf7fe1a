package io.sluice.kit.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class QueryLimitsTests {

    static QueryLimits defaults() {
        return bound(Map.of());
    }

    private static QueryLimits bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings)).bindOrCreate("sluice.query", QueryLimits.class);
    }

    @Test
    void areGenerousUnlessSaidOtherwise() {
        assertThat(defaults())
                .isEqualTo(new QueryLimits(20, 1_000, 10_000, 100_000, 4_096, 100, Duration.ofSeconds(30)));
    }

    @Test
    void takesAllThatIsSaid() {
        Map<String, String> said = Map.of(
                "sluice.query.depth", "1",
                "sluice.query.conditions", "2",
                "sluice.query.list", "3",
                "sluice.query.values", "4",
                "sluice.query.text", "5",
                "sluice.query.wildcards", "6",
                "sluice.query.time", "7s");

        assertThat(bound(said)).isEqualTo(new QueryLimits(1, 2, 3, 4, 5, 6, Duration.ofSeconds(7)));
    }

    @ParameterizedTest
    @CsvSource({
        "depth, 0",
        "depth, 21",
        "conditions, 0",
        "conditions, 10001",
        "list, 0",
        "values, 0",
        "text, 0",
        "text, 8193",
        "wildcards, -1",
        "wildcards, 101",
        "time, 99ms",
        "time, 11m"
    })
    void refusesWhatTheDatabaseCouldNotBear(String name, String value) {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bound(Map.of("sluice.query." + name, value)))
                .havingRootCause()
                .withMessageContaining("sluice.query." + name);
    }

    @Test
    void tellsClientsWhatIsSaid() {
        assertThat(bound(Map.of("sluice.query.depth", "3")).told().all()).anySatisfy(limit -> {
            assertThat(limit.name()).isEqualTo("query-depth");
            assertThat(limit.value()).isEqualTo(3);
        });
    }
}
