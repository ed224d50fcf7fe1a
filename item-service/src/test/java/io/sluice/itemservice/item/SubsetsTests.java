package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubsetsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80,10,10",
                "70,15,15",
                "34,33,33",
                "98,1,1",
                "50,50",
                "100",
                "100,0,0",
                "1,99",
                "10,10,10,10,10,10,10,10,10,10",
                "41,3,7,11,2,5,13,6,8,4"
            })
    void giveEachItsShareOfTheFirstItemsHoweverManyThereAre(String shares) {
        Map<String, Object> percent = new LinkedHashMap<>();
        for (String share : shares.split(",")) {
            percent.put("subset" + percent.size(), Integer.parseInt(share));
        }

        List<String> turns = Subsets.parse(percent).turns();

        assertThat(turns).hasSize(100);
        IntStream.rangeClosed(1, turns.size())
                .forEach(count -> percent.forEach((name, share) -> assertThat(
                                (double) Collections.frequency(turns.subList(0, count), name))
                        .isCloseTo((int) share * count / 100.0, within(0.999))));
    }

    @Test
    void refuseWhatDoesNotAddUp() {
        assertThatThrownBy(() -> Subsets.parse(Map.of("train", 80, "test", 10))).hasMessageContaining("add up to 100");
        assertThatThrownBy(() -> Subsets.parse(Map.of("train", 120, "test", -20)))
                .hasMessageContaining("from 0 to 100");
        assertThatThrownBy(() -> Subsets.parse(Map.of("train", 99.5, "test", 0.5)))
                .hasMessageContaining("whole number");
        assertThatThrownBy(() -> Subsets.parse(Map.of())).hasMessageContaining("1 to 10 subsets");
        assertThatThrownBy(() -> Subsets.parse(null)).hasMessageContaining("1 to 10 subsets");
        assertThatThrownBy(() -> Subsets.parse(Map.of("x".repeat(65), 100))).hasMessageContaining("64 characters");
    }
}
