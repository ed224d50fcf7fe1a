package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;

class ProtocolTests extends AtTheGate {

    private static final Duration LONG = Duration.ofMinutes(3);

    @BeforeAll
    static void count() {
        ITEM.on(
                "/api/v1/datasets/counts/items",
                (request, response) -> request.receive()
                        .map(ByteBuf::readableBytes)
                        .reduce(0L, Long::sum)
                        .flatMap(received -> response.sendString(Mono.just(Long.toString(received)))
                                .then()));
    }

    /** Java's client offers HTTP/2 by an Upgrade header with its first request, whatever that carries. */
    @Test
    void aClientThatOffersAnUpgradeMaySendABody() throws Exception {
        HttpClient client = HttpClient.newHttpClient();

        for (int request = 0; request < 2; request++) {
            HttpResponse<String> answer = client.send(upload(10 * 1024 * 1024), BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(Integer.toString(10 * 1024 * 1024));
        }
    }

    @Test
    void http2IsSpokenToThoseWhoKnow() {
        String received = reactor.netty.http.client.HttpClient.newConnection()
                .protocol(HttpProtocol.H2C)
                .headers(headers -> headers.set("Authorization", "Bearer " + ANN)
                        .set("Content-Type", "multipart/form-data; boundary=x"))
                .post()
                .uri(at("/api/v1/datasets/counts/items"))
                .send(Flux.range(0, 100).map(number -> Unpooled.wrappedBuffer(new byte[100_000])))
                .responseSingle((response, body) -> {
                    assertThat(response.version().majorVersion()).isEqualTo(2);
                    assertThat(response.status().code()).isEqualTo(200);
                    return body.asString();
                })
                .block(LONG);

        assertThat(received).isEqualTo("10000000");
    }

    private HttpRequest upload(int size) {
        return HttpRequest.newBuilder(at("/api/v1/datasets/counts/items"))
                .header("Authorization", "Bearer " + ANN)
                .header("Content-Type", "multipart/form-data; boundary=x")
                .timeout(LONG)
                .POST(BodyPublishers.ofByteArray(new byte[size]))
                .build();
    }
}
