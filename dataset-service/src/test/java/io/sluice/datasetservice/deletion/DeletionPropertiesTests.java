package io.sluice.datasetservice.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class DeletionPropertiesTests {

    @Test
    void hasDefaults() {
        assertThat(bound(Map.of()))
                .isEqualTo(
                        new DeletionProperties(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(30)));
    }

    @Test
    void readsEverySetting() {
        Map<String, String> settings = Map.of(
                "dataset-service.deletion.poll", "1s",
                "dataset-service.deletion.lease", "2m",
                "dataset-service.deletion.longest-pause", "3h");

        assertThat(bound(settings))
                .isEqualTo(new DeletionProperties(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofHours(3)));
    }

    private static DeletionProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("dataset-service.deletion", DeletionProperties.class);
    }
}
