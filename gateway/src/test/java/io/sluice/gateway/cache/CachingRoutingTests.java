package io.sluice.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import io.sluice.kit.testing.MovableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/** The gateway as a shared cache (RFC 9111), and as one that nobody can use against another. */
@Import(CachingRoutingTests.Time.class)
class CachingRoutingTests extends AtTheGate {

    private static final String FOR_ALL = "public, max-age=60";

    @TestConfiguration
    static class Time {

        @Bean
        @Primary
        MovableClock movableClock() {
            return new MovableClock();
        }
    }

    @Autowired
    private MovableClock clock;

    private final AtomicInteger asked = new AtomicInteger();

    // --- What is kept

    @Test
    void asksOnceForWhatEverybodyMayHave() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL, "X-Of-The-Service", "yes"));

        EntityExchangeResult<String> first = get(path, "x-request-id", "one");
        clock.advance(Duration.ofSeconds(7));
        EntityExchangeResult<String> second = get(path, "x-request-id", "two");

        assertThat(second.getResponseBody()).isEqualTo("answer 1");
        assertThat(asked).hasValue(1);
        assertThat(first.getResponseHeaders().containsHeader("Age")).isFalse();
        HttpHeaders headers = second.getResponseHeaders();
        assertThat(headers.getFirst("Age")).isEqualTo("7");
        assertThat(headers.getFirst("Date")).isNotNull();
        assertThat(headers.getFirst("X-Of-The-Service")).isEqualTo("yes");
        assertThat(headers.getContentLength()).isEqualTo(8);
        assertThat(headers.get("x-request-id")).containsExactly("two");
        assertThat(headers.get("RateLimit")).hasSize(1);
    }

    @Test
    void asksWhetherAnAnswerIsGoodStillWhenItsTimeIsOver() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL, "ETag", "\"v\""));
        get(path);
        clock.advance(Duration.ofSeconds(60));

        EntityExchangeResult<String> confirmed = get(path, "If-None-Match", "\"of the client\"");

        assertThat(confirmed.getStatus().value()).isEqualTo(200);
        assertThat(confirmed.getResponseBody()).isEqualTo("answer 1");
        assertThat(asked).hasValue(2);
        assertThat(get(path).getResponseBody()).isEqualTo("answer 1");
        assertThat(asked).hasValue(2);
    }

    @Test
    void alwaysAsksAboutWhatMustNotBeUsedWithoutAsking() {
        String path = publicPath(Map.of("Cache-Control", "public, no-cache", "ETag", "\"v\""));

        assertThat(Stream.generate(() -> get(path).getResponseBody()).limit(3)).containsOnly("answer 1");
        assertThat(asked).hasValue(3);
    }

    @Test
    void countsTheTimeThatAnAnswerHasBeenOnItsWay() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL, "Age", "50"));
        get(path);
        clock.advance(Duration.ofSeconds(9));

        assertThat(get(path).getResponseHeaders().getFirst("Age")).isEqualTo("59");
        clock.advance(Duration.ofSeconds(1));
        get(path);
        assertThat(asked).hasValue(2);
    }

    @Test
    void prefersTheTimeForSharedCaches() {
        String path = publicPath(Map.of("Cache-Control", "max-age=600, s-maxage=10"));
        get(path);
        clock.advance(Duration.ofSeconds(11));

        get(path);

        assertThat(asked).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v\"", "W/\"v\"", "\"x\", \"v\"", "*"})
    void tellsWhoHasIt(String known) {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL, "ETag", "\"v\""));
        get(path);

        EntityExchangeResult<String> unchanged = get(path, "If-None-Match", known);

        assertThat(unchanged.getStatus().value()).isEqualTo(304);
        assertThat(unchanged.getResponseBody()).isNull();
        assertThat(unchanged.getResponseHeaders().getETag()).isEqualTo("\"v\"");
        assertThat(asked).hasValue(1);
    }

    @Test
    void tellsTheHeadersOfWhatItHas() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));
        get(path);

        EntityExchangeResult<String> head = send(stranger(), HttpMethod.HEAD, path);

        assertThat(head.getResponseHeaders().getContentLength()).isEqualTo(8);
        assertThat(head.getResponseBody()).isNull();
        assertThat(asked).hasValue(1);
    }

    // --- What is not kept

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "max-age=60",
                "must-revalidate, max-age=60",
                "private, max-age=60",
                "public, private, max-age=60",
                "public, max-age=60, no-store",
                "public, max-age=60, private=\"x\"",
                "PUBLIC, NO-STORE",
                "public, max-age=0",
                "public",
                "public, max-age=\"60"
            })
    void keepsNothingThatIsNotExpresslyForEverybody(String control) {
        String path = publicPath(control.isEmpty() ? Map.of() : Map.of("Cache-Control", control));

        assertThat(List.of(body(get(path)), body(get(path)))).containsExactly("answer 1", "answer 2");
    }

    @ParameterizedTest
    @CsvSource({
        "Set-Cookie, session=1",
        "Vary, *",
        "Vary, 'Accept, authorization'",
        "Vary, Cookie",
        "Content-Range, bytes 0-7/8"
    })
    void keepsNothingThatIsOfOneUser(String header, String value) {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL, header, value));

        assertThat(List.of(body(get(path)), body(get(path)))).containsExactly("answer 1", "answer 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 203, 206, 301, 400, 404, 410, 500, 503})
    void keepsNoFailureAndNothingStrange(int status) {
        String path = publicPath(status, Map.of("Cache-Control", FOR_ALL));

        assertThat(List.of(body(get(path)), body(get(path)))).containsExactly("answer 1", "answer 2");
    }

    @Test
    void keepsNoPart() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        get(path, "Range", "bytes=0-1");

        assertThat(get(path).getResponseBody()).isEqualTo("answer 2");
    }

    @Test
    void keepsNoAnswerToTheHeadersOnly() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        send(stranger(), HttpMethod.HEAD, path);

        assertThat(get(path).getResponseBody()).isEqualTo("answer 2");
    }

    @Test
    void keepsNoAnswerToAReadWithABody() throws Exception {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        RawHttp.to(port())
                .send("GET " + path + " HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Length: 4\r\n\r\nevil");

        assertThat(get(path).getResponseBody()).isEqualTo("answer 2");
    }

    @Test
    void keepsNoAnswerThatBreaksOff() {
        String path = path("/.well-known/");
        AUTH.on(path, (request, response) -> {
            asked.incrementAndGet();
            Mono<ByteBuf> hangUp = Mono.defer(() -> {
                response.withConnection(connection -> connection.channel().close());
                return Mono.never();
            });
            Mono<ByteBuf> half = Mono.fromSupplier(() -> Unpooled.copiedBuffer("half", StandardCharsets.UTF_8));
            return response.header("Cache-Control", FOR_ALL)
                    .header("Content-Length", "100")
                    .send(Flux.concat(half, hangUp), part -> true)
                    .then();
        });

        for (int attempt = 1; attempt <= 2; attempt++) {
            stranger().get().uri(path).exchange().expectStatus().is5xxServerError();
        }
        assertThat(asked.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void passesWhatIsTooLargeToBeKept() {
        String path = path("/.well-known/");
        String large = "x".repeat(3 * 1024 * 1024);
        AUTH.on(path, (request, response) -> {
            asked.incrementAndGet();
            return answer(response, Map.of("Cache-Control", FOR_ALL), large);
        });
        WebTestClient client = stranger()
                .mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(4 * 1024 * 1024))
                .build();

        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(send(client, HttpMethod.GET, path).getResponseBody()).isEqualTo(large);
            assertThat(asked).hasValue(attempt);
        }
    }

    // --- Nobody gets what is another's

    @Test
    void givesNothingOfOneUserToAnother() {
        String path = path("/api/v1/items/");
        ITEM.on(path, (request, response) -> {
            String who = String.valueOf(request.requestHeaders().get("Authorization"));
            return answer(response, Map.of("Cache-Control", "max-age=60", "ETag", "\"v\""), "for " + who);
        });
        String ben = TOKENS.of("ben@example.org");

        assertThat(send(ann(), HttpMethod.GET, path).getResponseBody()).isEqualTo("for Bearer " + ANN);
        assertThat(get(path, "Authorization", "Bearer " + ben).getResponseBody())
                .isEqualTo("for Bearer " + ben);
        assertThat(send(ann(), HttpMethod.GET, path).getResponseBody()).isEqualTo("for Bearer " + ANN);
        assertThat(get(path).getStatus().value()).isEqualTo(401);
    }

    @Test
    void asksForATokenAlsoForWhatItHas() {
        String path = path("/api/v1/items/");
        ITEM.on(
                path,
                (request, response) ->
                        answer(response, Map.of("Cache-Control", FOR_ALL), "answer " + asked.incrementAndGet()));

        assertThat(send(ann(), HttpMethod.GET, path).getResponseBody()).isEqualTo("answer 1");
        assertThat(get(path, "Authorization", "Bearer " + TOKENS.of("ben@example.org"))
                        .getResponseBody())
                .isEqualTo("answer 1");
        assertThat(get(path).getStatus().value()).isEqualTo(401);
        assertThat(get(path, "Authorization", "Bearer nonsense").getStatus().value())
                .isEqualTo(401);
    }

    @Test
    void givesEachLanguageItsOwn() {
        String path = path("/.well-known/");
        AUTH.on(path, (request, response) -> {
            asked.incrementAndGet();
            return answer(
                    response,
                    Map.of("Cache-Control", FOR_ALL, "Vary", "Accept-Language"),
                    "in " + request.requestHeaders().get("Accept-Language"));
        });

        for (String language : List.of("de", "en, fr", "de", "en,fr", "en , fr")) {
            assertThat(String.valueOf(get(path, "Accept-Language", language).getResponseBody())
                            .replace(" ", ""))
                    .isEqualTo("in" + language.replace(" ", ""));
        }
        assertThat(get(path).getResponseBody()).isEqualTo("in null");
        assertThat(asked).hasValue(3);
    }

    /** A link in an answer starts with the address that a client says it used; it must lead no other client there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: 127.0.0.1",
                "Host: gate\r\nX-Forwarded-Host: evil.example",
                "Host: gate\r\nx-forwarded-host: evil.example",
                "Host: gate\r\nX-Forwarded-Proto: https",
                "Host: gate\r\nX-Forwarded-Port: 666",
                "Host: gate\r\nX-Forwarded-Prefix: /evil",
                "Host: gate\r\nX-Forwarded-Ssl: on",
                "Host: gate\r\nForwarded: host=evil.example;proto=https"
            })
    void keepsAnAnswerToTheAddressThatItWasGivenAt(String address) throws Exception {
        String path = path("/.well-known/");
        AUTH.on(path, (request, response) -> {
            String seen = Stream.of("Host", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port")
                    .map(name -> String.valueOf(request.requestHeaders().get(name)))
                    .collect(Collectors.joining("|"));
            return answer(response, Map.of("Cache-Control", FOR_ALL), seen);
        });

        String misled = at(path, address);
        String honest = at(path, "Host: gate");

        assertThat(honest).startsWith("gate|").doesNotContain("evil", "https", "666");
        assertThat(at(path, "Host: gate")).isEqualTo(honest);
        assertThat(at(path, address)).isEqualTo(misled);
    }

    private String at(String path, String address) throws Exception {
        return RawHttp.to(port())
                .send("GET " + path + " HTTP/1.1\r\n" + address + "\r\nConnection: close\r\n\r\n")
                .body();
    }

    @Test
    void tellsQueriesApart() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        assertThat(get(path + "?a=1").getResponseBody()).isEqualTo("answer 1");
        assertThat(get(path + "?a=2").getResponseBody()).isEqualTo("answer 2");
        assertThat(get(path + "?a=1").getResponseBody()).isEqualTo("answer 1");
    }

    // --- Many at once

    @Test
    void asksOnceForManyWhoAskAtTheSameTime() {
        String path = path("/.well-known/");
        CompletableFuture<String> answer = new CompletableFuture<>();
        AUTH.on(path, (request, response) -> {
            asked.incrementAndGet();
            return Mono.fromFuture(answer).flatMap(text -> answer(response, Map.of("Cache-Control", FOR_ALL), text));
        });

        ExecutorService threads = Executors.newFixedThreadPool(20);
        try {
            List<CompletableFuture<@Nullable String>> many = IntStream.range(0, 20)
                    .mapToObj(number ->
                            CompletableFuture.supplyAsync(() -> get(path).getResponseBody(), threads))
                    .toList();
            stranger().get().uri(path("/.well-known/")).exchange();
            answer.complete("the same");

            assertThat(many.stream().map(CompletableFuture::join)).hasSize(20).containsOnly("the same");
            assertThat(asked).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void letsNobodyWaitForWhatIsForAnother() {
        String path = path("/.well-known/");
        CompletableFuture<String> never = new CompletableFuture<>();
        AUTH.on(path, (request, response) -> {
            String begin = "answer " + asked.incrementAndGet();
            Mono<String> rest = asked.get() == 1 ? Mono.fromFuture(never) : Mono.empty();
            Flux<ByteBuf> parts = Flux.concat(Mono.just(begin), rest)
                    .map(part -> Unpooled.copiedBuffer(part, StandardCharsets.UTF_8));
            return response.header("Cache-Control", "no-store")
                    .send(parts, part -> true)
                    .then();
        });

        stranger().get().uri(path).exchange().expectStatus().isOk();

        assertThat(get(path).getResponseBody()).isEqualTo("answer 2");
        never.complete("");
    }

    // --- When a service fails

    @Test
    void givesWhatItHasForAServiceThatFailsWhereItMay() {
        String path = failingLater(Map.of("Cache-Control", "public, max-age=60, stale-if-error=600", "ETag", "\"v\""));
        clock.advance(Duration.ofSeconds(659));

        EntityExchangeResult<String> stale = get(path);

        assertThat(stale.getStatus().value()).isEqualTo(200);
        assertThat(stale.getResponseBody()).isEqualTo("good");
        assertThat(stale.getResponseHeaders().getFirst("Age")).isEqualTo("659");
        clock.advance(Duration.ofSeconds(1));
        assertThat(get(path).getStatus().value()).isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public, max-age=60",
                "public, max-age=60, stale-if-error=0",
                "public, max-age=60, stale-if-error=600, must-revalidate",
                "public, max-age=60, stale-if-error=600, proxy-revalidate",
                "s-maxage=60, stale-if-error=600",
                "public, no-cache, stale-if-error=600"
            })
    void tellsOfTheFailureWhereItMayNot(String control) {
        String path = failingLater(Map.of("Cache-Control", control, "ETag", "\"v\""));
        clock.advance(Duration.ofSeconds(61));

        assertThat(get(path).getStatus().value()).isEqualTo(500);
    }

    @Test
    void givesWhatItHasForAServiceThatIsDown() {
        String path = path("/api/v1/items/");
        ITEM.on(
                path,
                (request, response) ->
                        answer(response, Map.of("Cache-Control", "public, max-age=60, stale-if-error=600"), "good"));
        send(ann(), HttpMethod.GET, path);
        clock.advance(Duration.ofSeconds(61));

        ITEM.whileDown(() ->
                assertThat(send(ann(), HttpMethod.GET, path).getResponseBody()).isEqualTo("good"));
    }

    @Test
    void forgetsWhatIsGone() {
        String path = path("/.well-known/");
        AUTH.on(
                path,
                (request, response) -> asked.incrementAndGet() == 2
                        ? response.sendNotFound()
                        : answer(response, Map.of("Cache-Control", FOR_ALL, "ETag", "\"v\""), "answer " + asked));
        get(path);
        clock.advance(Duration.ofSeconds(60));

        assertThat(get(path).getStatus().value()).isEqualTo(404);
        assertThat(get(path).getResponseBody()).isEqualTo("answer 3");
    }

    private String failingLater(Map<String, String> headers) {
        String path = path("/.well-known/");
        AUTH.on(
                path,
                (request, response) -> asked.incrementAndGet() == 1
                        ? answer(response, headers, "good")
                        : response.status(500).send());
        assertThat(get(path).getResponseBody()).isEqualTo("good");
        return path;
    }

    // --- What clients and changes say

    @ParameterizedTest
    @ValueSource(strings = {"no-cache", "max-age=0", "max-age=6", "min-fresh=54", "no-store", "max-age=x"})
    void asksAgainForWhoWantsIt(String control) {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));
        get(path);
        clock.advance(Duration.ofSeconds(7));

        assertThat(get(path, "Cache-Control", control).getResponseBody()).isEqualTo("answer 2");
    }

    @Test
    void keepsNothingForWhoWantsNothingKept() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        get(path, "Cache-Control", "no-store");

        assertThat(get(path).getResponseBody()).isEqualTo("answer 2");
    }

    @Test
    void asksNobodyForWhoWantsThat() {
        String path = publicPath(Map.of("Cache-Control", FOR_ALL));

        EntityExchangeResult<String> nothing = get(path, "Cache-Control", "only-if-cached");

        assertThat(nothing.getStatus().value()).isEqualTo(504);
        assertThat(asked).hasValue(0);
        get(path);
        assertThat(get(path, "Cache-Control", "only-if-cached").getResponseBody())
                .isEqualTo("answer 1");
    }

    @ParameterizedTest
    @CsvSource({"POST, 200, 3", "DELETE, 204, 3", "PATCH, 303, 3", "PUT, 400, 1", "POST, 500, 1"})
    void forgetsWhatAChangeMayHaveChanged(String method, int status, int answerAfter) {
        String path = path("/api/v1/items/");
        ITEM.on(path, (request, response) -> {
            String answer = "answer " + asked.incrementAndGet();
            return request.method().name().equals("GET")
                    ? answer(response, Map.of("Cache-Control", FOR_ALL), answer)
                    : request.receive().then(response.status(status).send());
        });
        send(ann(), HttpMethod.GET, path);

        send(ann(), HttpMethod.valueOf(method), path);

        assertThat(send(ann(), HttpMethod.GET, path).getResponseBody()).isEqualTo("answer " + answerAfter);
    }

    // ---

    private static String path(String below) {
        return below + UUID.randomUUID();
    }

    private String publicPath(Map<String, String> headers) {
        return publicPath(200, headers);
    }

    /** A path that needs no token and answers {@code answer 1}, {@code answer 2}…, or 304 to who has its tag. */
    private String publicPath(int status, Map<String, String> headers) {
        String path = path("/.well-known/");
        AUTH.on(path, (request, response) -> {
            int number = asked.incrementAndGet();
            String tag = headers.getOrDefault("ETag", "");
            return !tag.isEmpty() && tag.equals(request.requestHeaders().get("If-None-Match"))
                    ? response.status(304).header("ETag", tag).send()
                    : answer(response.status(status), headers, "answer " + number);
        });
        return path;
    }

    private static Mono<Void> answer(HttpServerResponse response, Map<String, String> headers, String body) {
        headers.forEach(response::header);
        return response.sendString(Mono.just(body)).then();
    }

    private EntityExchangeResult<String> get(String path, String... headers) {
        return send(stranger(), HttpMethod.GET, path, headers);
    }

    private static String body(EntityExchangeResult<String> answer) {
        return String.valueOf(answer.getResponseBody());
    }

    /** @param headers names and values in turn */
    private static EntityExchangeResult<String> send(
            WebTestClient who, HttpMethod method, String path, String... headers) {
        WebTestClient.RequestHeadersSpec<?> request = who.method(method).uri(path);
        for (int index = 0; index < headers.length; index += 2) {
            request = request.header(headers[index], headers[index + 1]);
        }
        return request.exchange().expectBody(String.class).returnResult();
    }
}
