package io.sluice.modelservice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class RuntimePropertiesTests {

    @Test
    void hasDefaults() {
        RuntimeProperties properties = bound(Map.of());

        assertThat(properties)
                .isEqualTo(new RuntimeProperties(
                        DataSize.ofGigabytes(4),
                        0,
                        0,
                        1_000,
                        DataSize.ofMegabytes(256),
                        Duration.ofMillis(2),
                        8,
                        Duration.ofSeconds(30),
                        DataSize.ofGigabytes(2),
                        DataSize.ofMegabytes(256),
                        DataSize.ofMegabytes(512),
                        RuntimeProperties.Provider.CPU,
                        0));
        assertThat(properties.runsAtOnce()).isGreaterThan(1);
    }

    @Test
    void takesWhatIsSetAndRefusesWhatCannotBe() {
        assertThat(bound(Map.of("model-service.runtime.largest-model", "10MB")).largestModel())
                .isEqualTo(DataSize.ofMegabytes(10));
        assertThat(bound(Map.of("model-service.runtime.provider", "cuda")).provider())
                .isEqualTo(RuntimeProperties.Provider.CUDA);
        assertThatThrownBy(() -> bound(Map.of("model-service.runtime.provider", "abacus")))
                .rootCause()
                .hasMessageContaining("Provider.abacus");
        assertThatThrownBy(() -> bound(Map.of("model-service.runtime.queue", "0")))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bound(Map.of("model-service.runtime.largest-tensor", "2GB")))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    static RuntimeProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("model-service.runtime", RuntimeProperties.class);
    }
}
