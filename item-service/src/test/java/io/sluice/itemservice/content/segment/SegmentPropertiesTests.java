package io.sluice.itemservice.content.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class SegmentPropertiesTests {

    private static SegmentProperties bind(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("item-service.segment", SegmentProperties.class);
    }

    @Test
    void hasDefaultsForEverything() {
        assertThat(bind(Map.of()))
                .isEqualTo(new SegmentProperties(
                        DataSize.ofKilobytes(256),
                        DataSize.ofMegabytes(32),
                        DataSize.ofMegabytes(256),
                        16,
                        Duration.ofMinutes(10)));
    }

    @Test
    void readsEverySetting() {
        assertThat(bind(Map.of(
                        "item-service.segment.largest-blob", "1MB",
                        "item-service.segment.memory", "8MB",
                        "item-service.segment.roll", "64MB",
                        "item-service.segment.verify-one-in", "1",
                        "item-service.segment.grace-after-move", "1h")))
                .isEqualTo(new SegmentProperties(
                        DataSize.ofMegabytes(1),
                        DataSize.ofMegabytes(8),
                        DataSize.ofMegabytes(64),
                        1,
                        Duration.ofHours(1)));
    }

    @ParameterizedTest
    @CsvSource({"largest-blob, 17MB", "largest-blob, -1", "roll, 1KB", "memory, -1", "verify-one-in, 0"})
    void refusesWhatMakesNoSense(String name, String value) {
        assertThatThrownBy(() -> bind(Map.of("item-service.segment." + name, value)))
                .rootCause()
                .hasMessageContaining("item-service.segment." + name);
    }
}
