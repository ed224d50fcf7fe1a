package io.sluice.kit.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.audit.AuditEvent;
import io.sluice.kit.testing.Outcome;
import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.import=classpath:service-kit.yml", "spring.application.name=item-service"})
abstract class IdempotencyContract {

    private static final Tokens TOKENS = Tokens.shared();
    private static final String ANN = "ann@example.org";
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final int MIB = 1024 * 1024;

    private final String name = UUID.randomUUID().toString();
    private final String key = '"' + UUID.randomUUID().toString() + '"';

    @LocalServerPort
    private int port;

    @Autowired
    private Environment environment;

    @Autowired
    private ReactiveMongoTemplate mongo;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        TOKENS.register(properties);
    }

    @Test
    void answersARepeatAsTheFirst() {
        ResponseEntity<String> first = post("", "{\"by\":1,\"millis\":0}");
        ResponseEntity<String> second = post("", "{\"by\":1,\"millis\":0}");

        assertThat(first.getStatusCode().value()).isEqualTo(201);
        assertThat(isKnown("")).isTrue();
        assertThat(first.getHeaders().containsHeader(REPLAYED)).isFalse();
        assertThat(first.getHeaders().containsHeader(HttpHeaders.ETAG)).isTrue();
        assertIsReplay(second, first);
        assertThat(second.getHeaders().getFirst(HttpHeaders.LINK)).contains("rel=\"a\"", "rel=\"b\"", "rel=\"self\"");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void answersARepeatedPatchAsTheFirst() {
        ResponseEntity<String> first = Outcome.of(send(ann(), HttpMethod.PATCH, "", key, "{\"by\":1,\"millis\":0}"));
        ResponseEntity<String> second = Outcome.of(send(ann(), HttpMethod.PATCH, "", key, "{\"by\":1,\"millis\":0}"));

        assertIsReplay(second, first);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void answersARepeatInTheFormThatItAsksFor() {
        String body = "{\"by\":1,\"millis\":0}";
        WebClient inXml = ann().mutate()
                .defaultHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_XML_VALUE)
                .build();
        ResponseEntity<String> first = Outcome.of(send(inXml, HttpMethod.POST, "", key, body));
        ResponseEntity<String> second = Outcome.of(send(inXml, HttpMethod.POST, "", key, body));
        ResponseEntity<String> inJson = post("", body);

        assertIsReplay(second, first);
        assertThat(second.getBody()).startsWith("<?xml");
        assertThat(inJson.getHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_JSON);
        assertThat(inJson.getBody()).startsWith("{");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void recordsInTheAuditLogWhatWasDoneAndNoRepeat() {
        Outcome.of(send(ann(), HttpMethod.PATCH, "", key, "{\"by\":1,\"millis\":0}"));
        Outcome.of(send(ann(), HttpMethod.PATCH, "", key, "{\"by\":1,\"millis\":0}"));

        Query ofThis = Query.query(Criteria.where("entityId").is(name));
        assertThat(Outcome.of(mongo.find(ofThis, AuditEvent.class).collectList()))
                .singleElement()
                .extracting(AuditEvent::status)
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/silent", "/stream"})
    void answersARepeatAsTheFirstWhateverTheBody(String operation) {
        ResponseEntity<String> first = post(operation, null);
        int counted = count();

        assertIsReplay(post(operation, null), first);
        assertThat(count()).isEqualTo(counted).isPositive();
    }

    @Test
    void doesNothingWithoutTheHeader() {
        Outcome.of(send(ann(), HttpMethod.POST, "", null, "{\"by\":1,\"millis\":0}"));
        Outcome.of(send(ann(), HttpMethod.POST, "", null, "{\"by\":1,\"millis\":0}"));

        assertThat(count()).isEqualTo(2);
    }

    @Test
    void carriesOutOneOfManyAtOnce() {
        List<ResponseEntity<String>> answers = Outcome.of(Flux.range(0, 50)
                .flatMap(number -> send(ann(), HttpMethod.POST, "", key, "{\"by\":1,\"millis\":300}"), 50)
                .collectList());

        assertThat(count()).isEqualTo(1);
        assertThat(answers)
                .filteredOn(answer -> answer.getStatusCode().value() == 201)
                .filteredOn(answer -> !answer.getHeaders().containsHeader(REPLAYED))
                .hasSize(1);
        assertThat(answers)
                .filteredOn(answer -> answer.getStatusCode().value() != 201)
                .allSatisfy(answer -> assertProblem(answer, 409, "key-in-use"))
                .allSatisfy(answer -> assertThat(answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER))
                        .isEqualTo("1"));
    }

    @Test
    void isSharedBetweenReplicas() {
        try (ConfigurableApplicationContext replica = new SpringApplicationBuilder(CountingApplication.class)
                .properties("server.port=0")
                .run(Stream.of(
                                "spring.config.import",
                                "spring.application.name",
                                "spring.mongodb.uri",
                                "spring.mongodb.database",
                                "sluice.services.auth-service")
                        .map(property -> "--" + property + "=" + environment.getProperty(property))
                        .toArray(String[]::new))) {
            WebClient other = client(
                    Integer.parseInt(String.valueOf(replica.getEnvironment().getProperty("local.server.port"))),
                    TOKENS.of(ANN));
            ResponseEntity<String> first = post("", "{\"by\":1,\"millis\":0}");

            assertIsReplay(Outcome.of(send(other, HttpMethod.POST, "", key, "{\"by\":1,\"millis\":0}")), first);
            assertThat(count()).isEqualTo(1);
        }
    }

    @Test
    void refusesTheKeyOfAnotherRequest() {
        post("", "{\"by\":1,\"millis\":0}");

        assertProblem(post("", "{\"by\":2,\"millis\":0}"), 422, "key-reused");
        assertProblem(post("?more=1", "{\"by\":1,\"millis\":0}"), 422, "key-reused");
        assertThat(post("", "{\"by\":2,\"millis\":0}").getBody()).contains("\"field\":\"Idempotency-Key\"");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void takesTheSameKeyForAnotherOperation() {
        post("", "{\"by\":1,\"millis\":0}");
        post("/silent", null);
        Outcome.of(send(ann(), HttpMethod.PATCH, "", key, "{\"by\":1,\"millis\":0}"));

        assertThat(count()).isEqualTo(3);
    }

    @Test
    void tellsNobodyTheAnswerOfAnother() {
        post("", "{\"by\":1,\"millis\":0}");

        ResponseEntity<String> ofBob = Outcome.of(
                send(client(port, TOKENS.of("bob@example.org")), HttpMethod.POST, "", key, "{\"by\":1,\"millis\":0}"));

        assertThat(ofBob.getStatusCode().value()).isEqualTo(201);
        assertThat(ofBob.getHeaders().containsHeader(REPLAYED)).isFalse();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void tellsANarrowedTokenNoAnswerOfAWiderOne() {
        post("", "{\"by\":1,\"millis\":0}");
        String narrowed = TOKENS.narrowed(ANN, null, List.of("6566f1f1f1f1f1f1f1f1f1f1"));

        ResponseEntity<String> answer =
                Outcome.of(send(client(port, narrowed), HttpMethod.POST, "", key, "{\"by\":1,\"millis\":0}"));

        assertProblem(answer, 422, "key-reused");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void tellsNothingToWhoIsSignedOut() {
        String token = TOKENS.of(name + "@example.org");
        Mono<ResponseEntity<String>> request =
                send(client(port, token), HttpMethod.POST, "", key, "{\"by\":1,\"millis\":0}");
        assertThat(Outcome.of(request).getStatusCode().value()).isEqualTo(201);

        TOKENS.signOut(name + "@example.org");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> Outcome.of(request).getStatusCode().value() == 401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "\"unfinished", "a,b", "\"\""})
    void refusesWhatIsNoKey(String bad) {
        ResponseEntity<String> answer = Outcome.of(send(ann(), HttpMethod.POST, "", bad, "{\"by\":1,\"millis\":0}"));

        assertProblem(answer, 400, "validation-failed");
        assertThat(answer.getBody()).contains("\"field\":\"Idempotency-Key\"");
        assertThat(count()).isZero();
    }

    @Test
    void repeatsARefusal() {
        ResponseEntity<String> first = post("/refused", null);

        assertProblem(first, 404, "not-found");
        assertIsReplay(post("/refused", null), first);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void carriesOutAgainWhatFailed() {
        assertProblem(post("/fails-once", null), 500, "internal");

        ResponseEntity<String> second = post("/fails-once", null);

        assertThat(second.getStatusCode().value()).isEqualTo(200);
        assertIsReplay(post("/fails-once", null), second);
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void keepsNoSecret() {
        post("/secret", null);
        ResponseEntity<String> second = post("/secret", null);

        assertThat(second.getHeaders().containsHeader(REPLAYED)).isFalse();
        assertThat(count()).isEqualTo(2);
        assertThat(isKnown("/secret")).isFalse();
    }

    @Test
    void saysThatALargeAnswerIsNotKept() {
        ResponseEntity<String> first = post("/large/" + (MIB + 1), null);
        ResponseEntity<String> second = post("/large/" + (MIB + 1), null);

        assertThat(first.getBody()).hasSize(MIB + 1);
        assertProblem(second, 409, "answer-not-kept");
        assertThat(second.getBody()).contains("answered with 200");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void keepsAnAnswerOfOneMebibyte() {
        ResponseEntity<String> first = post("/large/" + MIB, null);

        assertThat(first.getBody()).hasSize(MIB);
        assertIsReplay(post("/large/" + MIB, null), first);
    }

    @Test
    void takesAForm() {
        Mono<ResponseEntity<String>> request =
                sent(ann(), HttpMethod.POST, "", key, MediaType.APPLICATION_FORM_URLENCODED, "by=3");

        ResponseEntity<String> first = Outcome.of(request);

        assertThat(first.getStatusCode().value()).isEqualTo(200);
        assertIsReplay(Outcome.of(request), first);
        assertThat(count()).isEqualTo(3);
    }

    /** Clients make a new boundary for every attempt. */
    @Test
    void takesAnUploadOnce() {
        ResponseEntity<String> first = upload("boundary-one", "x".repeat(3 * MIB));
        assertThat(first.getStatusCode().value()).isEqualTo(200);

        assertIsReplay(upload("another-boundary", "x".repeat(3 * MIB)), first);
        assertProblem(upload("boundary-one", "x".repeat(3 * MIB - 1) + "y"), 422, "key-reused");
        assertThat(count()).isEqualTo(3 * MIB);
    }

    @Test
    void keepsNothingOfAnUploadThatWasNotReadToItsEnd() {
        ResponseEntity<String> refused = Outcome.of(sent(
                ann(),
                HttpMethod.POST,
                "/refused",
                key,
                MediaType.parseMediaType("multipart/form-data;boundary=B"),
                form("B", "x")));
        assertProblem(refused, 404, "not-found");

        assertThat(isKnown("/refused")).isFalse();
    }

    @Test
    void refusesAnUploadWithoutABoundary() {
        ResponseEntity<String> answer =
                Outcome.of(sent(ann(), HttpMethod.POST, "", key, MediaType.MULTIPART_FORM_DATA, "anything"));

        assertProblem(answer, 400, "malformed-request");
    }

    @Test
    void endsWhatItHasBegunWhenTheClientGoesAway() {
        assertThat(Outcome.of(send(ann(), HttpMethod.POST, "", key, "{\"by\":1,\"millis\":1500}")
                        .timeout(Duration.ofMillis(500), Mono.empty())
                        .hasElement()))
                .isFalse();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> post("", "{\"by\":1,\"millis\":1500}").getHeaders().containsHeader(REPLAYED));
        assertThat(count()).isEqualTo(1);
    }

    /** What a process has left that died: a key that is held, and nobody who says so. */
    @Test
    void carriesOutAgainWhatADeadProcessHasBegun() {
        ResponseEntity<String> first = post("", "{\"by\":1,\"millis\":0}");
        assertThat(first.getStatusCode().value()).isEqualTo(201);
        holdUntil(Instant.now().plusSeconds(30));
        assertProblem(post("", "{\"by\":1,\"millis\":0}"), 409, "key-in-use");
        assertThat(count()).isEqualTo(1);

        holdUntil(Instant.now().minusMillis(1));

        assertThat(post("", "{\"by\":1,\"millis\":0}").getHeaders().containsHeader(REPLAYED))
                .isFalse();
        assertThat(count()).isEqualTo(2);
    }

    private void holdUntil(Instant end) {
        Update held = new Update().unset("answer").set("heldUntil", end);
        Outcome.of(mongo.updateFirst(use(""), held, KeyUse.class));
    }

    private boolean isKnown(String operation) {
        return Outcome.of(mongo.exists(use(operation), KeyUse.class));
    }

    private Query use(String operation) {
        String id = new Digest()
                .part(ANN)
                .part("POST")
                .part("/api/v1/items/" + name + operation)
                .part(key.replace("\"", ""))
                .value();
        return Query.query(Criteria.where("_id").is(id));
    }

    private ResponseEntity<String> upload(String boundary, String content) {
        return Outcome.of(sent(
                ann(),
                HttpMethod.POST,
                "",
                key,
                MediaType.parseMediaType("multipart/form-data;boundary=" + boundary),
                form(boundary, content)));
    }

    private static String form(String boundary, String content) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n"
                + content + "\r\n--" + boundary + "--\r\n";
    }

    private ResponseEntity<String> post(String operation, @Nullable String json) {
        return Outcome.of(send(ann(), HttpMethod.POST, operation, key, json));
    }

    private Mono<ResponseEntity<String>> send(
            WebClient client, HttpMethod method, String operation, @Nullable String key, @Nullable String json) {
        return sent(client, method, operation, key, MediaType.APPLICATION_JSON, json == null ? "" : json);
    }

    private Mono<ResponseEntity<String>> sent(
            WebClient client, HttpMethod method, String operation, @Nullable String key, MediaType type, String body) {
        return client.method(method)
                .uri("/api/v1/items/" + name + operation)
                .contentType(type)
                .headers(headers -> {
                    if (key != null) {
                        headers.set(IdempotencyKey.HEADER, key);
                    }
                })
                .bodyValue(body)
                .exchangeToMono(answer -> answer.toEntity(String.class));
    }

    private int count() {
        return Outcome.of(ann().get().uri("/api/v1/items/" + name).retrieve().bodyToMono(Integer.class));
    }

    private WebClient ann() {
        return client(port, TOKENS.of(ANN));
    }

    private static WebClient client(int port, String token) {
        return WebClient.builder()
                .baseUrl("http://127.0.0.1:" + port)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(4 * MIB))
                .defaultHeaders(headers -> headers.setBearerAuth(token))
                .build();
    }

    private static void assertProblem(ResponseEntity<String> answer, int status, String code) {
        assertThat(answer.getStatusCode().value()).isEqualTo(status);
        assertThat(answer.getBody()).contains("\"type\":\"/problems/" + code + "\"");
    }

    /** All the same but what belongs to the message. */
    private static void assertIsReplay(ResponseEntity<String> second, ResponseEntity<String> first) {
        assertThat(second.getHeaders().getFirst(REPLAYED)).isEqualTo("true");
        assertThat(second.getStatusCode()).isEqualTo(first.getStatusCode());
        assertThat(second.getBody()).isEqualTo(first.getBody());
        assertThat(ofTheOperation(second)).isEqualTo(ofTheOperation(first));
        assertThat(second.getHeaders().getFirst("x-request-id"))
                .isNotEqualTo(first.getHeaders().getFirst("x-request-id"));
    }

    private static HttpHeaders ofTheOperation(ResponseEntity<String> answer) {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(answer.getHeaders());
        List.of(REPLAYED, "x-request-id", HttpHeaders.CONTENT_LENGTH, HttpHeaders.TRANSFER_ENCODING)
                .forEach(headers::remove);
        return headers;
    }
}
