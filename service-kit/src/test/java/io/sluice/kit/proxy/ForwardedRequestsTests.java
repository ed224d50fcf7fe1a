package io.sluice.kit.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;

class ForwardedRequestsTests {

    private static final ForwardedRequests AT_THE_GATE =
            new ForwardedRequests(TrustedProxies.at(List.of("10.0.0.0/8", " ", "2001:db8:aa::/48")));
    private static final ForwardedRequests BEHIND_IT = new ForwardedRequests(TrustedProxies.gatewayOnly());

    /** Headers are parted by a bar; the gate was reached at http://10.0.0.1:8080. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            X-Forwarded-For: 203.0.113.9                                         ~ 203.0.113.9
            X-Forwarded-For: 203.0.113.9, 10.0.0.2                               ~ 203.0.113.9
            X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.2                 ~ 203.0.113.9
            X-Forwarded-For: 198.51.100.1 | X-Forwarded-For: 203.0.113.9         ~ 203.0.113.9
            X-Forwarded-For: 10.0.0.3, 10.0.0.2                                  ~ 10.0.0.3
            X-Forwarded-For: 203.0.113.9:4711                                    ~ 203.0.113.9
            X-Forwarded-For: 2001:db8:1::9                                       ~ 2001:db8:1:0:0:0:0:9
            X-Forwarded-For: 203.0.113.9, 2001:db8:aa::2                         ~ 203.0.113.9
            X-Forwarded-For: 203.0.113.9, evil.example, 10.0.0.2                 ~ 10.0.0.2
            X-Forwarded-For: unknown                                             ~ 10.0.0.9
            X-Forwarded-For:                                                     ~ 10.0.0.9
            Forwarded: for=203.0.113.9                                           ~ 203.0.113.9
            Forwarded: For="[2001:db8:1::9]:4711";proto=https                    ~ 2001:db8:1:0:0:0:0:9
            Forwarded: for=198.51.100.1, for=203.0.113.9;by=10.0.0.2, for=10.0.0.2 ~ 203.0.113.9
            Forwarded: for=198.51.100.1 | Forwarded: for=203.0.113.9             ~ 203.0.113.9
            Forwarded: for=203.0.113.9, for=_hidden, for=10.0.0.2                ~ 10.0.0.2
            Forwarded: for=203.0.113.9 | X-Forwarded-For: 198.51.100.1           ~ 203.0.113.9
            Forwarded: for=203.0.113.9;;                                         ~ 10.0.0.9
            Forwarded: for="203.0.113.9                                          ~ 10.0.0.9
            """)
    void theClientIsTheLastWhoIsNotTrusted(String headers, String client) {
        assertThat(client(AT_THE_GATE.asSent(request("10.0.0.9", headers)))).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            X-Forwarded-Proto: https                                                   ~ https://10.0.0.1:8080
            X-Forwarded-Proto: HTTPS | X-Forwarded-Host: data.example                  ~ https://data.example
            X-Forwarded-Proto: https | X-Forwarded-Host: data.example:844              ~ https://data.example:844
            X-Forwarded-Proto: https | X-Forwarded-Host: data.example:443              ~ https://data.example
            X-Forwarded-Proto: https | X-Forwarded-Host: data.example | X-Forwarded-Port: 844 ~ https://data.example:844
            X-Forwarded-Proto: https | X-Forwarded-Port: 443                           ~ https://10.0.0.1
            X-Forwarded-Host: data.example                                             ~ http://data.example
            X-Forwarded-Host: [2001:db8::1]:844                                        ~ http://[2001:db8::1]:844
            X-Forwarded-Host: evil.example, data.example                               ~ http://data.example
            X-Forwarded-For: 203.0.113.9, 10.0.0.2 | X-Forwarded-Host: data.example, inside ~ http://data.example
            X-Forwarded-For: 203.0.113.9, 10.0.0.2 | X-Forwarded-Host: data.example    ~ http://data.example
            X-Forwarded-Proto: https | Forwarded: host=data.example                    ~ http://data.example
            Forwarded: proto=https;host=data.example                                   ~ https://data.example
            Forwarded: proto=https;host="data.example:844"                             ~ https://data.example:844
            Forwarded: host=evil.example;for=198.51.100.1, host=data.example;for=203.0.113.9 ~ http://data.example
            Forwarded: host=data.example;for=203.0.113.9, proto=http;for=10.0.0.2      ~ http://data.example
            X-Forwarded-Host: data.example | X-Forwarded-Port: none                    ~ http://10.0.0.1:8080
            X-Forwarded-Host: data.example:99999                                       ~ http://10.0.0.1:8080
            X-Forwarded-Host: -                                                        ~ http://10.0.0.1:8080
            X-Forwarded-Host: [:::::]                                                  ~ http://10.0.0.1:8080
            X-Forwarded-Host: evil.example/path?                                       ~ http://10.0.0.1:8080
            X-Forwarded-Proto: javascript                                              ~ http://10.0.0.1:8080
            Forwarded: host="data.example:none"                                        ~ http://10.0.0.1:8080
            """)
    void theAddressIsTheOneThatTheClientUsed(String headers, String expected) {
        ServerHttpRequest request = AT_THE_GATE.asSent(request("10.0.0.9", headers));

        assertThat(request.getURI()).hasToString(expected + "/api/v1/items?x=%20y");
        assertThat(request.getHeaders().getFirst("Host")).isEqualTo(expected.replaceAll("https?://", ""));
        assertThat(request.getHeaders().headerNames()).containsExactlyInAnyOrder("Host", "Accept");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            /sluice         ~ /sluice
            /a/b            ~ /a/b
            /evil, /sluice  ~ /sluice
            /sluice/        ~
            //evil.example  ~
            /<script>       ~
            """)
    void aPrefixIsKeptWhenItIsAPath(String told, String kept) {
        ServerHttpRequest request = AT_THE_GATE.asSent(request("10.0.0.9", "X-Forwarded-Prefix: " + told));

        assertThat(request.getHeaders().getFirst("X-Forwarded-Prefix")).isEqualTo(kept);
    }

    @Test
    void nothingIsLeftOfWhatSomebodySaysWhoIsNotTrusted() {
        ServerHttpRequest request = AT_THE_GATE.asSent(request(
                "203.0.113.9",
                "Forwarded: for=198.51.100.1;host=evil | X-Forwarded-For: 198.51.100.1 | X-Forwarded-Host: evil"
                        + " | X-Forwarded-Prefix: /evil | x-forwarded-user: root"));

        assertThat(client(request)).isEqualTo("203.0.113.9");
        assertThat(request.getURI()).hasToString("http://10.0.0.1:8080/api/v1/items?x=%20y");
        assertThat(request.getHeaders().headerNames()).containsExactlyInAnyOrder("Host", "Accept");
    }

    @Test
    void aServiceBelievesWhoIsConnectedToItAndNobodyBefore() {
        ServerHttpRequest request = BEHIND_IT.asSent(
                request("192.0.2.1", "X-Forwarded-For: 198.51.100.1, 203.0.113.9 | X-Forwarded-Proto: https"));

        assertThat(client(request)).isEqualTo("203.0.113.9");
        assertThat(request.getURI()).hasScheme("https");
    }

    @Test
    void aRequestOfWhichNobodySaysAnythingStaysAsItIs() {
        ServerHttpRequest request = request("203.0.113.9", "");

        assertThat(AT_THE_GATE.asSent(request)).isSameAs(request);
    }

    @Test
    void neighboursInANetworkOfIpv6AreOneClient() {
        assertThat(ClientNetwork.of(request("2001:db8:1:2:3:4:5:6", ""))).isEqualTo("20010db800010002");
        assertThat(ClientNetwork.of(request("2001:db8:1:2:ffff::1", ""))).isEqualTo("20010db800010002");
        assertThat(ClientNetwork.of(request("192.0.2.1", ""))).isEqualTo("192.0.2.1");
    }

    private static ServerHttpRequest request(String peer, String headers) {
        var request = MockServerHttpRequest.get("http://10.0.0.1:8080/api/v1/items?x={x}", " y")
                .header("Host", "10.0.0.1:8080")
                .header("Accept", "*/*")
                .remoteAddress(new InetSocketAddress(peer, 5000));
        for (String header : headers.split(" \\| ")) {
            if (!header.isEmpty()) {
                String[] parts = header.split(":", 2);
                request.header(parts[0], parts[1].strip());
            }
        }
        return request.build();
    }

    private static String client(ServerHttpRequest request) {
        return Objects.requireNonNull(request.getRemoteAddress()).getAddress().getHostAddress();
    }
}
