package io.sluice.modelservice.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

class RemotePropertiesTests {

    private static final String GPU = "model-service.remote.servers.gpu.";

    static RemoteProperties bound(Map<String, String> settings) {
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("model-service.remote", RemoteProperties.class);
    }

    @Test
    void allowsNoServerUnlessOneIsNamed() {
        assertThat(bound(Map.of()))
                .isEqualTo(new RemoteProperties(
                        Map.of(), 32, 256, Duration.ofSeconds(2), DataSize.ofMegabytes(256), Duration.ofMinutes(1)));
    }

    @Test
    void takesServersByTheirNamesAndNeverTellsTheirTokens() {
        RemoteProperties properties = bound(Map.of(
                GPU + "url", "https://gpu.example.org/kserve/", GPU + "token", "secret", GPU + "projects", "a,b"));

        assertThat(properties.servers().get("gpu"))
                .isEqualTo(new RemoteProperties.Server(
                        URI.create("https://gpu.example.org/kserve"), "secret", false, List.of("a", "b")));
        assertThat(properties.toString()).contains("gpu.example.org").doesNotContain("secret");
    }

    /** A name in capitals has no hyphens, and where servers are named there may be none in place of them. */
    @Test
    void takesServersFromTheEnvironment() {
        SystemEnvironmentPropertySource environment = new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of(
                        "MODELSERVICE_REMOTE_SERVERS_GPU_URL", "http://triton:8000",
                        "MODELSERVICE_REMOTE_SERVERS_GPU_PRIVATENETWORK", "true"));

        RemoteProperties properties = new Binder(Objects.requireNonNull(ConfigurationPropertySource.from(environment)))
                .bindOrCreate("model-service.remote", RemoteProperties.class);

        assertThat(properties.servers().get("gpu"))
                .isEqualTo(new RemoteProperties.Server(URI.create("http://triton:8000"), null, true, List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "servers.gpu.url, ftp://gpu.example.org",
        "servers.gpu.url, https://user:password@gpu.example.org",
        "servers.gpu.url, https://gpu.example.org?x=1",
        "servers.gpu.url, /v2",
        "connections, 0",
        "queue, -1",
        "connect, 0s",
        "answers, 1KB"
    })
    void refusesWhatCannotBe(String setting, String value) {
        assertThatThrownBy(() -> bound(Map.of("model-service.remote." + setting, value)))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sendsNoTokenInTheClearOverTheInternet() {
        Map<String, String> inTheClear = Map.of(GPU + "url", "http://gpu.example.org", GPU + "token", "secret");

        assertThatThrownBy(() -> bound(inTheClear))
                .hasRootCauseMessage(
                        "model-service.remote.servers: a token must not be sent over http but in a private-network");
    }
}
