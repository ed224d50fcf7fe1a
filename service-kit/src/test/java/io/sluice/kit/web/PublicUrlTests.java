package io.sluice.kit.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class PublicUrlTests {

    private static final PublicUrl BY_THE_REQUEST = new PublicUrl("");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            http://127.0.0.1:8080  |                                                                                | http://127.0.0.1:8080
            http://data.example    |                                                                                | http://data.example
            http://data.example    | X-Forwarded-Proto: https                                                       | https://data.example
            http://data.example:844| X-Forwarded-Proto: https                                                       | https://data.example:844
            http://10.0.0.1:8080   | X-Forwarded-Proto: https; X-Forwarded-Host: data.example                       | https://data.example
            http://10.0.0.1:8080   | X-Forwarded-Proto: https; X-Forwarded-Host: data.example:844                   | https://data.example:844
            http://10.0.0.1:8080   | X-Forwarded-Proto: https; X-Forwarded-Host: data.example; X-Forwarded-Port: 844| https://data.example:844
            http://10.0.0.1:8080   | Forwarded: proto=https;host=data.example                                       | https://data.example
            http://10.0.0.1:8080   | X-Forwarded-Host: data.example; X-Forwarded-Port: none                         | http://10.0.0.1:8080
            http://10.0.0.1:8080   | Forwarded: host="data.example:none"                                            | http://10.0.0.1:8080
            """)
    void linksStartWithTheAddressThatTheClientUsed(String request, String headers, String expected) {
        MockServerHttpRequest.BaseBuilder<?> arrived = MockServerHttpRequest.get(request + "/api/v1/items/1");
        if (headers != null) {
            boolean isOne = headers.startsWith("Forwarded");
            for (String header : isOne ? new String[] {headers} : headers.split("; ?")) {
                String[] parts = header.split(": ", 2);
                arrived.header(parts[0], parts[1]);
            }
        }

        assertThat(BY_THE_REQUEST.gate(arrived.build())).isEqualTo(expected);
        assertThat(BY_THE_REQUEST.api(arrived.build())).isEqualTo(expected + "/api/v1");
    }

    @Test
    void theSettingWins() {
        PublicUrl set = new PublicUrl("https://data.example/");

        assertThat(set.api(MockServerHttpRequest.get("http://10.0.0.1/").build()))
                .isEqualTo("https://data.example/api/v1");
    }
}
