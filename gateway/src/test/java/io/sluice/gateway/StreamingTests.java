package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;

class StreamingTests extends AtTheGate {

    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int CHUNK = 64 * 1024;
    private static final String UPLOAD = " HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
            + "\r\nContent-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n";

    @Test
    void theServiceReceivesTheFirstBytesWhileTheClientStillSends() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        ITEM.on(
                "/api/v1/datasets/1/items",
                (request, response) -> request.receive()
                        .asString()
                        .doOnNext(part -> first.countDown())
                        .reduce(String::concat)
                        .flatMap(all -> response.sendString(Mono.just(all)).then()));

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/1/items" + UPLOAD + "5\r\nfirst\r\n");
            assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
            client.write("4\r\nlast\r\n0\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
        }
    }

    @Test
    void theClientReceivesTheFirstBytesWhileTheServiceStillSends() throws Exception {
        Sinks.Many<String> parts = Sinks.many().unicast().onBackpressureBuffer();
        ITEM.on(
                "/api/v1/items/2/stream",
                (request, response) -> response.sendString(parts.asFlux()).then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write(
                    "GET /api/v1/items/2/stream HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN + "\r\n\r\n");
            parts.tryEmitNext("first").orThrow();
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(new String(client.input().readNBytes(8), StandardCharsets.UTF_8))
                    .isEqualTo("5\r\nfirst");
            parts.tryEmitComplete().orThrow();
        }
    }

    /** A bulk upload is told what has become of its first items before it has sent the last. */
    @Test
    void theClientReceivesTheFirstBytesOfTheAnswerWhileItStillSends() throws Exception {
        ITEM.on(
                "/api/v1/datasets/12/items/bulk",
                (request, response) ->
                        response.send(request.receive().retain(), part -> true).then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/12/items/bulk" + UPLOAD + "5\r\nfirst\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(new String(client.input().readNBytes(10), StandardCharsets.UTF_8))
                    .isEqualTo("5\r\nfirst\r\n");
            client.write("4\r\nlast\r\n0\r\n\r\n");

            assertThat(new String(client.input().readNBytes(14), StandardCharsets.UTF_8))
                    .isEqualTo("4\r\nlast\r\n0\r\n\r\n");
        }
    }

    @Test
    void aLargeUploadPassesThrough() {
        long size = 300L * 1024 * 1024;
        ITEM.on(
                "/api/v1/datasets/3/items",
                (request, response) -> request.receive()
                        .map(ByteBuf::readableBytes)
                        .reduce(0L, Long::sum)
                        .flatMap(received -> response.sendString(Mono.just(Long.toString(received)))
                                .then()));

        String received = client().post()
                .uri("/api/v1/datasets/3/items")
                .send(chunks(size))
                .responseContent()
                .aggregate()
                .asString()
                .block(LONG);

        assertThat(received).isEqualTo(Long.toString(size));
    }

    @Test
    void aLargeDownloadPassesThrough() {
        long size = 300L * 1024 * 1024;
        ITEM.on(
                "/api/v1/items/4/stream",
                (request, response) -> response.send(chunks(size)).then());

        Long received = client().get()
                .uri("/api/v1/items/4/stream")
                .responseContent()
                .map(ByteBuf::readableBytes)
                .reduce(0L, Long::sum)
                .block(LONG);

        assertThat(received).isEqualTo(size);
    }

    @Test
    void aClientThatDoesNotReadHoldsTheServiceBack() throws Exception {
        AtomicLong sent = new AtomicLong();
        ITEM.on(
                "/api/v1/items/5/stream",
                (request, response) -> response.send(
                                chunks(1024L * 1024 * 1024).doOnNext(part -> sent.addAndGet(part.readableBytes())))
                        .then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write(
                    "GET /api/v1/items/5/stream HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            Long atRest = Flux.interval(Duration.ofMillis(250))
                    .map(tick -> sent.get())
                    .buffer(4, 1)
                    .filter(last -> last.get(0).equals(last.get(last.size() - 1)))
                    .map(last -> last.get(0))
                    .blockFirst(LONG);

            // What the socket buffers of two connections hold, and no more.
            assertThat(atRest).isLessThan(64L * 1024 * 1024);
        }
    }

    @Test
    void aServiceThatDoesNotReadHoldsTheClientBack() throws Exception {
        Sinks.Empty<Void> go = Sinks.empty();
        ITEM.on(
                "/api/v1/datasets/6/items",
                (request, response) ->
                        go.asMono().then(request.receive().then()).then(response.send()));
        AtomicLong sent = new AtomicLong();

        Mono<Integer> status = client().post()
                .uri("/api/v1/datasets/6/items")
                .send(chunks(256L * 1024 * 1024).doOnNext(part -> sent.addAndGet(part.readableBytes())))
                .response()
                .map(response -> response.status().code())
                .cache();
        status.subscribe();
        Long atRest = Flux.interval(Duration.ofMillis(250))
                .map(tick -> sent.get())
                .buffer(4, 1)
                .filter(last -> last.get(0) > 0 && last.get(0).equals(last.get(last.size() - 1)))
                .map(last -> last.get(0))
                .blockFirst(LONG);
        go.tryEmitEmpty().orThrow();

        assertThat(atRest).isLessThan(64L * 1024 * 1024);
        assertThat(status.block(LONG)).isEqualTo(200);
    }

    @Test
    void aRefusalReachesTheClientThatStillSends() throws Exception {
        ITEM.on(
                "/api/v1/datasets/7/items",
                (request, response) -> response.status(413)
                        .header("Content-Type", "application/problem+json")
                        .sendString(Mono.just("{\"message\":\"too large\"}"))
                        .then());

        refused("POST /api/v1/datasets/7/items" + UPLOAD, 413);
    }

    @Test
    void theGatesOwnRefusalReachesTheClientThatStillSends() throws Exception {
        refused("POST /api/v1/datasets/8/items" + UPLOAD.replace(ANN, "nobody"), 401);
        refused("POST /api/v1/nope" + UPLOAD, 404);
    }

    @Test
    void aBodyThatWouldBeCollectedIsBounded() throws Exception {
        try (RawHttp client = RawHttp.to(port())) {
            client.write("DELETE /api/v1/datasets/9/items HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = chunk();
            for (int sent = 0; sent < 9 * 1024 * 1024; sent += CHUNK) {
                client.write(Integer.toHexString(CHUNK) + "\r\n");
                client.write(chunk);
                client.write("\r\n");
            }
            client.write("0\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(Problem.CONTENT_TOO_LARGE.status());
        }
    }

    @Test
    void theBodyOfADeleteReachesTheService() {
        ITEM.on(
                "/api/v1/datasets/10/items",
                (request, response) -> request.receive()
                        .aggregate()
                        .asString()
                        .flatMap(body -> response.sendString(Mono.just(body)).then()));

        String body = client().delete()
                .uri("/api/v1/datasets/10/items")
                .send(Mono.just(Unpooled.copiedBuffer("[1,2]", StandardCharsets.UTF_8)))
                .responseContent()
                .aggregate()
                .asString()
                .block(LONG);

        assertThat(body).isEqualTo("[1,2]");
    }

    @Test
    void aConnectionServesTheNextRequestAfterARefusedUpload() throws Exception {
        ITEM.on(
                "/api/v1/datasets/11/items",
                (request, response) ->
                        response.status(413).header("Content-Length", "0").send());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/11/items" + UPLOAD + "5\r\nfirst\r\n");
            assertThat(client.readHead().status()).isEqualTo(413);
            client.write("4\r\nlast\r\n0\r\n\r\n");
            client.write("GET /api/v1/items/6b01 HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN + "\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
        }
    }

    /** Sends the head, sees the answer, sends 20 MB more without an error, and gets nothing but the answer. */
    private void refused(String head, int status) throws Exception {
        try (RawHttp client = RawHttp.to(port())) {
            client.write(head + "5\r\nfirst\r\n");
            byte[] chunk = chunk();
            for (int sent = 0; sent < 20 * 1024 * 1024; sent += CHUNK) {
                client.write(Integer.toHexString(CHUNK) + "\r\n");
                client.write(chunk);
                client.write("\r\n");
            }
            client.write("0\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(status);
        }
    }

    private HttpClient client() {
        return HttpClient.newConnection()
                .baseUrl(at("").toString())
                .headers(headers -> headers.set("Authorization", "Bearer " + ANN)
                        .set("Content-Type", "multipart/form-data; boundary=x"));
    }

    private static Flux<ByteBuf> chunks(long size) {
        return Flux.range(0, (int) (size / CHUNK)).map(number -> Unpooled.wrappedBuffer(chunk()));
    }

    private static byte[] chunk() {
        return new byte[CHUNK];
    }
}
