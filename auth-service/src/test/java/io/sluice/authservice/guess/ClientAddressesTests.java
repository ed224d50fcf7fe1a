package io.sluice.authservice.guess;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class ClientAddressesTests {

    @ParameterizedTest
    @CsvSource({
        "1, 203.0.113.9, 203.0.113.9",
        "1, '198.51.100.1, 203.0.113.9', 203.0.113.9",
        "2, '198.51.100.1, 203.0.113.9, 10.0.0.2', 203.0.113.9",
        "2, 203.0.113.9, 203.0.113.9",
        "0, 203.0.113.9, 192.0.2.1",
        "1, 2001:db8:1:2:3:4:5:6, 20010db800010002",
        "1, 2001:db8:1:2:ffff::1, 20010db800010002",
        "1, evil.example, unknown",
        "1, 999.1.1.1, unknown",
        "1, '203.0.113.9;x', unknown"
    })
    void believesWhatTheOutermostOfOurProxiesSaw(int proxies, String forwardedFor, String address) {
        ClientAddresses addresses = new ClientAddresses(new GuessProperties(proxies));

        assertThat(addresses.of(from("192.0.2.1")
                        .header("X-Forwarded-For", forwardedFor)
                        .build()))
                .isEqualTo(address);
    }

    @Test
    void readsSeveralHeadersAsOne() {
        assertThat(new ClientAddresses(new GuessProperties(1))
                        .of(from("192.0.2.1")
                                .header("X-Forwarded-For", "198.51.100.1", "203.0.113.9")
                                .build()))
                .isEqualTo("203.0.113.9");
    }

    @Test
    void takesTheConnectionWhereNobodyStandsBetween() {
        assertThat(new ClientAddresses(new GuessProperties(1))
                        .of(from("192.0.2.1").build()))
                .isEqualTo("192.0.2.1");
    }

    private static MockServerHttpRequest.BaseBuilder<?> from(String address) {
        return MockServerHttpRequest.get("/token").remoteAddress(new InetSocketAddress(address, 5000));
    }
}
