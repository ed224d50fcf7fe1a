package io.sluice.modelservice.dpk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SemanticVersionTests {

    private static SemanticVersion version(String text) {
        return SemanticVersion.of(text).orElseThrow();
    }

    @Test
    void areInTheOrderOfTheStandard() {
        List<String> inOrder = List.of(
                "0.9.10",
                "1.0.0-1",
                "1.0.0-9",
                "1.0.0-11",
                "1.0.0-alpha",
                "1.0.0-alpha.1",
                "1.0.0-alpha.beta",
                "1.0.0-alpha-2",
                "1.0.0-beta",
                "1.0.0-beta.2",
                "1.0.0-beta.11",
                "1.0.0-rc.1",
                "1.0.0-x.1a",
                "1.0.0",
                "1.0.2",
                "1.0.10",
                "1.2.0",
                "10.0.0");
        List<String> sorted = new ArrayList<>(inOrder);
        Collections.shuffle(sorted, new Random(1));

        sorted.sort(
                (one, other) -> version(one).order().compareTo(version(other).order()));

        assertThat(sorted).isEqualTo(inOrder);
    }

    @ParameterizedTest
    @CsvSource({"1.0.0, 1.0.1", "1.2.9, 1.2.10", "2.0.0-rc.1, 2.0.0"})
    void theNextOneIsAReleaseAfterIt(String version, String next) {
        assertThat(version(version).next()).hasToString(next);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.0",
                "v1.0.0",
                "1.0.0.0",
                "01.0.0",
                "1.0.0-",
                "1.0.0-01",
                "1.0.0+build",
                "1.0.9999999999"
            })
    void whatIsNoneIsNone(String text) {
        assertThat(SemanticVersion.of(text)).isEmpty();
    }
}
