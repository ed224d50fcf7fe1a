package io.sluice.kit.preference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class RespondAsyncTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "respond-async",
                "Respond-Async",
                "respond-async, wait=10",
                "wait=10,respond-async",
                "return=minimal; foo=\"a,b\", respond-async;bar",
                "respond-async=\"\"",
                "foo=\"a\\\"b\", respond-async"
            })
    void isHeard(String prefer) {
        assertThat(isPreferred(prefer)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",,;",
                "return=minimal",
                "respond-asynchronously",
                "not-respond-async",
                "foo=respond-async",
                "foo; respond-async",
                "foo=\"x, respond-async, y\"",
                "foo=\"a\\\", respond-async, b\"",
                "\"respond-async"
            })
    void isNotHeardWhereItIsNotSaid(String prefer) {
        assertThat(isPreferred(prefer)).isFalse();
    }

    @Test
    void isHeardInAnyOfTheHeaders() {
        MockServerHttpRequest request = MockServerHttpRequest.post("/")
                .header("Prefer", "return=minimal")
                .header("Prefer", "respond-async")
                .build();

        assertThat(RespondAsync.isPreferredBy(request)).isTrue();
        assertThat(RespondAsync.isPreferredBy(MockServerHttpRequest.post("/").build()))
                .isFalse();
    }

    @Test
    void isAnsweredWithWhereToLook() {
        ResponseEntity<String> answer = RespondAsync.accepted(URI.create("http://gate/api/v1/commands/1"), "body");

        assertThat(answer.getStatusCode().value()).isEqualTo(202);
        assertThat(answer.getHeaders().getLocation()).hasToString("http://gate/api/v1/commands/1");
        assertThat(answer.getHeaders().getFirst("Preference-Applied")).isEqualTo("respond-async");
        assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
    }

    private static boolean isPreferred(String prefer) {
        return RespondAsync.isPreferredBy(
                MockServerHttpRequest.post("/").header("Prefer", prefer).build());
    }
}
