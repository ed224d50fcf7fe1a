package io.sluice.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** HTTP/2 without TLS, which a client begins with when it knows that it is spoken here. */
@TestPropertySource(properties = {"gateway.connection.idle=1500ms", "gateway.connection.drain=1500ms"})
class Http2Tests extends AtTheGate {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int ENHANCE_YOUR_CALM = 11;

    /** What came back of a request over HTTP/2. */
    private record Answer(int status, Map<String, String> headers, String body) {}

    @Test
    void aPartOfAFileIsSentAsOverHttp1() {
        ITEM.on(
                "/api/v1/items/h2/stream",
                (request, response) -> response.status(206)
                        .header("Content-Range", "bytes 2-4/10")
                        .header(
                                "x-range",
                                String.valueOf(request.requestHeaders().get("Range")))
                        .sendString(Mono.just("234"))
                        .then());

        Answer answer = get("/api/v1/items/h2/stream", Map.of("Range", "bytes=2-4"));

        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.headers())
                .containsEntry("content-range", "bytes 2-4/10")
                .containsEntry("x-range", "bytes=2-4");
        assertThat(answer.body()).isEqualTo("234");
    }

    @Test
    void aProblemIsSentAsOverHttp1() {
        Answer answer = get("/nothing", Map.of());

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(answer.body()).contains("/problems/not-found", "\"message\"");
    }

    @Test
    void linksStartWithTheAuthorityThatWasAskedFor() {
        assertThat(get("/api/v1", Map.of("Host", "data.example.org:8443")).body())
                .contains("http://data.example.org:8443/api/v1");
    }

    @Test
    void headersThatAreTooLargeAreRefused() throws Exception {
        try (RawHttp raw = RawHttp.to(port())) {
            DataInputStream in = begin(raw);

            raw.write(Frame.headersOf20Kilobytes());

            Frame answer = Frame.read(in);
            while (answer.type() != Frame.HEADERS) {
                answer = Frame.read(in);
            }
            assertThat(new String(answer.payload(), StandardCharsets.ISO_8859_1))
                    .contains("431");
        }
    }

    @Test
    void aRefusedUploadGetsItsAnswer() {
        ITEM.on(
                "/api/v1/datasets/h2-refused/items",
                (request, response) ->
                        response.status(413).sendString(Mono.just("too large")).then());

        Answer answer = upload("/api/v1/datasets/h2-refused/items", endless());

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).isEqualTo("too large");
    }

    @Test
    void anUploadThatStallsIsEndedThoughItsConnectionIsAlive() {
        ITEM.on(
                "/api/v1/datasets/h2-stalls/items",
                (request, response) -> request.receive().then());
        Flux<ByteBuf> stalls = Flux.concat(Mono.just(Unpooled.wrappedBuffer(new byte[10])), Mono.never());
        HttpClient oneConnection =
                HttpClient.create(ConnectionProvider.create("one", 1)).protocol(HttpProtocol.H2C);

        Mono<Answer> stalled = send(oneConnection, HttpMethod.POST, "/api/v1/datasets/h2-stalls/items", stalls);
        // The others on the connection keep it from being idle.
        Flux<Answer> others = Flux.interval(Duration.ofMillis(300))
                .concatMap(tick -> send(oneConnection, HttpMethod.GET, "/health", Flux.empty()));

        assertThatThrownBy(() -> stalled.takeUntilOther(others.then()).block(LONG))
                .isNotNull();
    }

    @Test
    void whatOneConnectionMayAskForAtATimeIsTold() throws Exception {
        try (RawHttp raw = RawHttp.to(port())) {
            DataInputStream in = begin(raw);
            Frame settings = Frame.read(in);

            assertThat(settings.type()).isEqualTo(SETTINGS);
            assertThat(settings.settings())
                    .containsEntry(MAX_CONCURRENT_STREAMS, 100)
                    .containsEntry(MAX_HEADER_LIST_SIZE, 16 * 1024);
        }
    }

    /** CVE-2023-44487. */
    @Test
    void whoTakesBackWhatItAskedForAllTheTimeIsSentAway() throws Exception {
        try (RawHttp raw = RawHttp.to(port())) {
            DataInputStream in = begin(raw);
            ByteArrayOutputStream flood = new ByteArrayOutputStream();
            for (int stream = 1; stream < 2_000; stream += 2) {
                flood.write(Frame.headers(stream));
                flood.write(Frame.reset(stream));
            }
            try {
                raw.write(flood.toByteArray());
            } catch (IOException sentAwayAlready) {
                assertThat(sentAwayAlready).isNotNull();
            }

            Frame frame = Frame.read(in);
            while (frame.type() != GOAWAY) {
                frame = Frame.read(in);
            }
            assertThat(ByteBuffer.wrap(frame.payload()).getInt(4)).isEqualTo(ENHANCE_YOUR_CALM);
        }
        assertThat(get("/health", Map.of()).body()).contains("UP");
    }

    private static DataInputStream begin(RawHttp raw) throws IOException {
        raw.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        raw.write(Frame.of(SETTINGS, 0, 0, new byte[0]));
        return new DataInputStream(raw.input());
    }

    private static HttpClient client() {
        return HttpClient.newConnection().protocol(HttpProtocol.H2C);
    }

    private Answer get(String path, Map<String, String> headers) {
        HttpClient client = client().headers(all -> headers.forEach(all::set));
        return Objects.requireNonNull(
                send(client, HttpMethod.GET, path, Flux.empty()).block(LONG));
    }

    private Answer upload(String path, Flux<ByteBuf> body) {
        return Objects.requireNonNull(
                send(client(), HttpMethod.POST, path, body).block(LONG));
    }

    private static Flux<ByteBuf> endless() {
        return Flux.interval(Duration.ofMillis(10))
                .onBackpressureDrop()
                .map(tick -> Unpooled.wrappedBuffer(new byte[1000]));
    }

    private Mono<Answer> send(HttpClient client, HttpMethod method, String path, Flux<ByteBuf> body) {
        return client.headers(headers -> headers.set("Authorization", "Bearer " + ANN)
                        .set("Content-Type", "multipart/form-data; boundary=x"))
                .request(method)
                .uri(at(path))
                .send(body)
                .responseSingle((response, content) -> {
                    assertThat(response.version().majorVersion()).isEqualTo(2);
                    Map<String, String> headers = new HashMap<>();
                    response.responseHeaders().forEach(header -> headers.put(header.getKey(), header.getValue()));
                    return content.asString()
                            .defaultIfEmpty("")
                            .map(text -> new Answer(response.status().code(), headers, text));
                });
    }

    /** RFC 9113 §4.1. */
    private record Frame(int type, byte[] payload) {

        private static final int HEADERS = 1;
        private static final int RST_STREAM = 3;
        private static final int CONTINUATION = 9;
        private static final int END_OF_STREAM = 1;
        private static final int END_OF_HEADERS = 4;
        private static final int CANCEL = 8;

        /** {@code GET / http}, then {@code :authority: gate} in full (RFC 7541). */
        private static final byte[] REQUEST = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x01, 4, 'g', 'a', 't', 'e'};

        static byte[] of(int type, int flags, int stream, byte[] payload) {
            return ByteBuffer.allocate(9 + payload.length)
                    .put((byte) (payload.length >> 16))
                    .putShort((short) payload.length)
                    .put((byte) type)
                    .put((byte) flags)
                    .putInt(stream)
                    .put(payload)
                    .array();
        }

        static byte[] headers(int stream) {
            return of(HEADERS, END_OF_STREAM | END_OF_HEADERS, stream, REQUEST);
        }

        /** The one above, and a header of 20,000 letters, in two frames. */
        static byte[] headersOf20Kilobytes() {
            byte[] value = "x".repeat(20_000).getBytes(StandardCharsets.ISO_8859_1);
            // The length, as an integer that begins in seven bits (RFC 7541 §5.1): 127 + 33 + 27 * 128 + 1 * 16384.
            byte[] name = {0, 1, 'x', 0x7f, (byte) (0x80 | 33), (byte) (0x80 | 27), 1};
            byte[] begin = ByteBuffer.allocate(REQUEST.length + name.length + 10_000)
                    .put(REQUEST)
                    .put(name)
                    .put(value, 0, 10_000)
                    .array();
            byte[] head = of(HEADERS, END_OF_STREAM, 1, begin);
            byte[] rest = of(CONTINUATION, END_OF_HEADERS, 1, Arrays.copyOf(value, 10_000));
            return ByteBuffer.allocate(head.length + rest.length)
                    .put(head)
                    .put(rest)
                    .array();
        }

        static byte[] reset(int stream) {
            return of(
                    RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(CANCEL).array());
        }

        static Frame read(DataInputStream in) throws IOException {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            in.readUnsignedByte();
            in.readInt();
            byte[] payload = new byte[length];
            in.readFully(payload);
            return new Frame(type, payload);
        }

        Map<Integer, Integer> settings() {
            Map<Integer, Integer> settings = new HashMap<>();
            ByteBuffer all = ByteBuffer.wrap(payload);
            while (all.remaining() >= 6) {
                settings.put((int) all.getShort(), all.getInt());
            }
            return settings;
        }
    }
}
