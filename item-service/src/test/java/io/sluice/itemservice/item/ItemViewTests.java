package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ItemViewTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T19:04:05.006Z",
                "2026-01-02T00:00:00Z",
                "2024-02-29T23:59:59.999999999Z",
                "1969-12-31T23:59:59.001Z",
                "0001-01-01T00:00:00Z",
                "+12026-01-01T00:00:00Z"
            })
    void spellsATimeInMilliseconds(String time) {
        Instant instant = Instant.parse(time);

        assertThat(ItemView.text(instant)).isEqualTo(ItemView.MILLIS.format(instant));
    }
}
