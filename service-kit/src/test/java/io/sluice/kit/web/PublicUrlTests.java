package io.sluice.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class PublicUrlTests {

    private static final PublicUrl BY_THE_REQUEST = new PublicUrl("");

    @ParameterizedTest
    @ValueSource(
            strings = {"http://127.0.0.1:8080", "https://data.example", "https://data.example:844", "http://[::1]:8080"
            })
    void linksStartWithTheAddressThatTheClientUsed(String address) {
        ServerHttpRequest request =
                MockServerHttpRequest.get(address + "/api/v1/items/1").build();

        assertThat(BY_THE_REQUEST.gate(request)).isEqualTo(address);
        assertThat(BY_THE_REQUEST.api(request)).isEqualTo(address + "/api/v1");
    }

    @Test
    void whatAProxyTakesAwayIsPutBack() {
        ServerHttpRequest request = MockServerHttpRequest.get("https://data.example/api/v1/items/1")
                .header("X-Forwarded-Prefix", "/sluice")
                .build();

        assertThat(BY_THE_REQUEST.api(request)).isEqualTo("https://data.example/sluice/api/v1");
    }

    @Test
    void theSettingWins() {
        PublicUrl set = new PublicUrl("https://data.example/");

        assertThat(set.api(MockServerHttpRequest.get("http://10.0.0.1/").build()))
                .isEqualTo("https://data.example/api/v1");
    }
}
