package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.cache.CacheProperties;
import io.sluice.gateway.connection.ConnectionProperties;
import io.sluice.gateway.cors.CorsProperties;
import io.sluice.gateway.upstream.UpstreamProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class SettingsTests {

    @Test
    void theDefaultsFitTheSdk() {
        assertThat(bound(UpstreamProperties.class, "gateway.upstream", Map.of()))
                .isEqualTo(new UpstreamProperties(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(60),
                        500,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        DataSize.ofKilobytes(32)));
        assertThat(bound(ConnectionProperties.class, "gateway.connection", Map.of()))
                .isEqualTo(new ConnectionProperties(Duration.ofSeconds(150), Duration.ofSeconds(30)));
        assertThat(bound(CorsProperties.class, "gateway.cors", Map.of()))
                .isEqualTo(new CorsProperties(List.of(), Duration.ofHours(1)));
        assertThat(bound(CacheProperties.class, "gateway.cache", Map.of()))
                .isEqualTo(new CacheProperties(
                        true, DataSize.ofMegabytes(64), DataSize.ofMegabytes(1), Duration.ofHours(1)));
    }

    @Test
    void everySettingCanBeSet() {
        assertThat(bound(
                        UpstreamProperties.class,
                        "gateway.upstream",
                        Map.of(
                                "connect-timeout", "500ms",
                                "patience", "20s",
                                "connections", "7",
                                "acquire-timeout", "1s",
                                "keep-idle", "10s",
                                "largest-head", "16KB")))
                .isEqualTo(new UpstreamProperties(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(20),
                        7,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        DataSize.ofKilobytes(16)));
        assertThat(bound(
                        CacheProperties.class,
                        "gateway.cache",
                        Map.of("enabled", "false", "size", "1MB", "largest", "10KB", "most-stale", "5m")))
                .isEqualTo(new CacheProperties(
                        false, DataSize.ofMegabytes(1), DataSize.ofKilobytes(10), Duration.ofMinutes(5)));
        assertThat(bound(ConnectionProperties.class, "gateway.connection", Map.of("idle", "5s", "drain", "1s")))
                .isEqualTo(new ConnectionProperties(Duration.ofSeconds(5), Duration.ofSeconds(1)));
        assertThat(bound(
                        CorsProperties.class,
                        "gateway.cors",
                        Map.of("allowed-origins", "https://a.example,https://b.example", "max-age", "5m")))
                .isEqualTo(
                        new CorsProperties(List.of("https://a.example", "https://b.example"), Duration.ofMinutes(5)));
    }

    private static <T> T bound(Class<T> type, String prefix, Map<String, String> settings) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        settings.forEach((name, value) -> source.put(prefix + "." + name, value));
        return new Binder(source).bindOrCreate(prefix, type);
    }
}
