package io.sluice.kit.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sluice.kit.error.ProblemExceptionHandler;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class ProblemTests extends EdgeContract {

    private static final String THINGS = "/api/v1/things";
    private static final String ANYTHING = "/api/v1/anything";
    private static final int MEBIBYTE = 1024 * 1024;
    private static final List<String> NETTY = List.of("reactor.netty.channel", "io.netty.channel");

    private final Logger logger = (Logger) LoggerFactory.getLogger(ProblemExceptionHandler.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void readTheLog() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        // Netty complains about what still arrives of an answer that is too large.
        NETTY.forEach(name -> level(name, Level.OFF));
    }

    @AfterEach
    void leaveTheLog() {
        logger.detachAppender(log);
        logger.setAdditive(true);
        NETTY.forEach(name -> level(name, null));
    }

    private static void level(String logger, @Nullable Level level) {
        ((Logger) LoggerFactory.getLogger(logger)).setLevel(level);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"name\":", "{name:1}", "{}}", "nonsense", "{\"name\":\"a\",}", "{\"a\":\"\u0001\"}", "\u0000"
            })
    void refusesWhatIsNoJson(String body) {
        ResponseSpec response = post(ANYTHING, body);

        assertProblem(response, 400, "malformed-request", ANYTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"text\"", "1"})
    void refusesWhatIsNoObject(String body) {
        ResponseSpec response = post(ANYTHING, body);

        assertProblem(response, 400, "malformed-request", ANYTHING);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'name':1}                                    | name",
                "{'name':true}                                 | name",
                "{'name':{'a':1}}                              | name",
                "{'name':'n','size':'many'}                    | size",
                "{'name':'n','size':1.5}                       | size",
                "{'name':'n','size':99999999999}               | size",
                "{'name':'n','size':'5'}                       | size",
                "{'name':'n','since':'yesterday'}              | since",
                "{'name':'n','members':{'role':'owner'}}       | members",
                "{'name':'n','members':[{'role':'a'},{'role':5}]} | members[1].role",
            })
    void namesTheFieldThatHasTheWrongType(String body, String field) {
        ResponseSpec response = post(THINGS, body.replace('\'', '"'));

        assertProblem(response, 400, "malformed-request", THINGS)
                .jsonPath("$.errors[0].field")
                .isEqualTo(field)
                .jsonPath("$.errors[0].message")
                .value(message -> assertThat((String) message).doesNotContain("java.", "io.sluice", "tools.jackson"))
                .jsonPath("$.message")
                .value(message -> assertThat((String) message)
                        .startsWith(field + ": ")
                        .doesNotContain("java.", "io.sluice", "tools.jackson"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'name':1}                                     | name: must be a text",
                "{'name':'n','members':7}           | members: must be a list",
                "{'name':'n','size':99999999999}                | size: must be a whole number of at most 32 bits",
                "{'name':'n','since':'yesterday'}               | since: must be a time such as 2026-11-21T08:30:00.000Z",
                "{'name':'n','members':['x']}                   | members[0]: must be an object",
                "{'name':'n','members':[{'role':'a','colour':'blue'}]} | members[0].colour: must be one of [RED, GREEN]",
            })
    void saysWhatWouldBeRight(String body, String message) {
        ResponseSpec response = post(THINGS, body.replace('\'', '"'));

        assertProblem(response, 400, "malformed-request", THINGS)
                .jsonPath("$.message")
                .isEqualTo(message);
    }

    @Test
    void saysWhatARecordSaysOfItsOwnFields() {
        ResponseSpec response = post(THINGS, "{\"name\":\"n\",\"members\":[{\"role\":\"god\"}]}");

        assertProblem(response, 400, "validation-failed", THINGS)
                .jsonPath("$.errors[0].field")
                .isEqualTo("members.role");
    }

    @RepeatedTest(5)
    void namesTheFieldsThatBreakTheirRulesInOneOrder() {
        ResponseSpec response = post(THINGS, "{\"name\":\"\",\"size\":2000,\"members\":[]}");

        assertProblem(response, 400, "validation-failed", THINGS)
                .jsonPath("$.errors[*].field")
                .isEqualTo(List.of("name", "size"));
    }

    @Test
    void namesTheParameterThatBreaksItsRule() {
        ResponseSpec response = ann().get().uri("/api/v1/numbers?number=11").exchange();

        assertProblem(response, 400, "validation-failed", "/api/v1/numbers")
                .jsonPath("$.errors[0].field")
                .isEqualTo("number");
    }

    @Test
    void namesTheFieldThatIsMissing() {
        ResponseSpec response = post(THINGS, "{\"size\":1}");

        assertProblem(response, 400, "validation-failed", THINGS)
                .jsonPath("$.errors[0].field")
                .isEqualTo("name")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).startsWith("name: "));
    }

    @Test
    void namesTheParameterThatIsMissingOrOfTheWrongType() {
        assertProblem(ann().get().uri("/api/v1/numbers").exchange(), 400, "malformed-request", "/api/v1/numbers")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).contains("number"));
        assertProblem(
                        ann().get().uri("/api/v1/numbers?number=few").exchange(),
                        400,
                        "malformed-request",
                        "/api/v1/numbers")
                .jsonPath("$.message")
                .value(message ->
                        assertThat((String) message).contains("number").doesNotContain("java.lang"));
    }

    @Test
    void knowsNoSuchPath() {
        ResponseSpec response = ann().get().uri("/api/v1/nothing-here?x=1").exchange();

        assertProblem(response, 404, "not-found", "/api/v1/nothing-here")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).doesNotContain("static resource"));
    }

    @Test
    void saysWhichMethodsAreAllowed() {
        ResponseSpec response = ann().put().uri(THINGS + "/1").exchange();

        response.expectHeader()
                .value(
                        "Allow",
                        allow -> assertThat(allow.split(",\\s*"))
                                .contains("GET", "DELETE")
                                .doesNotContain("PUT"));
        assertProblem(response, 405, "method-not-allowed", THINGS + "/1");
    }

    @Test
    void saysWhichMediaTypesItTakes() {
        ResponseSpec response = ann().post()
                .uri(THINGS)
                .contentType(MediaType.TEXT_PLAIN)
                .bodyValue("thing")
                .exchange();

        response.expectHeader().valueEquals("Accept", "application/json, application/xml");
        assertProblem(response, 415, "unsupported-media-type", THINGS)
                .jsonPath("$.detail")
                .isEqualTo("This takes application/json, application/xml");
    }

    @Test
    void refusesABodyOfNoType() throws IOException {
        String answer = RawHttp.exchange(
                port(), head("POST", THINGS, "Content-Length: 2"), out -> out.write("{}".getBytes(UTF_8)));

        assertThat(answer).startsWith("HTTP/1.1 415 ").contains("/problems/unsupported-media-type");
    }

    @Test
    void saysWhenItCannotAnswerInTheFormAskedFor() {
        ResponseSpec response =
                ann().get().uri(THINGS + "/1").accept(MediaType.IMAGE_PNG).exchange();

        assertProblem(response, 406, "not-acceptable", THINGS + "/1")
                .jsonPath("$.detail")
                .isEqualTo("This may be had as application/json, application/xml, application/x-ndjson, text/csv");
    }

    @Test
    void refusesALongBodyByItsAnnouncedLengthAtOnce() throws IOException {
        String announced = head("POST", ANYTHING, "Content-Type: application/json\nContent-Length: " + 100 * MEBIBYTE);

        String answer = RawHttp.exchange(port(), announced, out -> {});

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("/problems/content-too-large", "\"message\"");
    }

    /** Whoever takes them has a bound of its own; this operation takes JSON only. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Type: application/octet-stream\n", "Content-Type: image/png\n", ""})
    void leavesTheLengthOfFilesToWhoeverTakesThem(String type) throws IOException {
        String announced = head("POST", ANYTHING, type + "Content-Length: " + 100 * MEBIBYTE);

        String answer = RawHttp.exchange(port(), announced, out -> {});

        assertThat(answer).startsWith("HTTP/1.1 415 ");
    }

    @Test
    void doesNotAskForALongBodyThatItWillRefuse() throws IOException {
        String announced = head(
                "POST",
                ANYTHING,
                "Content-Type: application/json\nExpect: 100-continue\nContent-Length: " + 100 * MEBIBYTE);

        String answer = RawHttp.exchange(port(), announced, out -> {});

        assertThat(answer).startsWith("HTTP/1.1 413 ");
    }

    @Test
    void refusesALongBodyThatDoesNotSayHowLongItIs() throws IOException {
        byte[] piece = new byte[64 * 1024];
        Arrays.fill(piece, (byte) ' ');
        String chunked = head("POST", ANYTHING, "Content-Type: application/json\nTransfer-Encoding: chunked");

        String answer = RawHttp.exchange(port(), chunked, out -> {
            for (int sent = 0; sent < 9 * MEBIBYTE; sent += piece.length) {
                out.write("10000\r\n".getBytes(UTF_8));
                out.write(piece);
                out.write("\r\n".getBytes(UTF_8));
            }
            out.write("0\r\n\r\n".getBytes(UTF_8));
        });

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("/problems/content-too-large");
    }

    @Test
    void takesABodyOfSevenMebibytes() {
        post(ANYTHING, "{\"a\":\"" + "x".repeat(7 * MEBIBYTE) + "\"}")
                .expectStatus()
                .isOk();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void refusesABodyThatNestsTenThousandLevels(String level) {
        String closing = level.equals("[") ? "]" : "}";
        String body = "{\"a\":" + level.repeat(10_000) + "1" + closing.repeat(10_000) + "}";

        ResponseSpec response = post(ANYTHING, body);

        assertProblem(response, 400, "malformed-request", ANYTHING)
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).hasSizeLessThan(1000));
    }

    @Test
    void repeatsNoLongWordsOfTheClient() {
        String key = "k".repeat(40_000);

        ResponseSpec response = post(ANYTHING, ("{\"" + key + "\":").repeat(95) + "1" + "}".repeat(95));

        assertProblem(response, 400, "malformed-request", ANYTHING)
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).hasSizeLessThan(2000));
    }

    @Test
    void saysNothingOfWhatBrokeInside() {
        ResponseSpec response = ann().get()
                .uri("/api/v1/broken")
                .header("x-request-id", "req-1")
                .exchange();

        String body = new String(
                assertProblem(response, 500, "internal", "/api/v1/broken")
                        .jsonPath("$.message")
                        .value(message -> assertThat((String) message).contains("req-1"))
                        .returnResult()
                        .getResponseBody(),
                UTF_8);
        assertThat(body).doesNotContain("hunter2", "jdbc", "IllegalState", "java", "trace");
        assertThat(log.list).singleElement().satisfies(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.ERROR);
            assertThat(event.getFormattedMessage()).contains("GET /api/v1/broken");
            assertThat(event.getThrowableProxy().getMessage()).contains("hunter2");
        });
    }

    @Test
    void takesBackWhatDescribedASuccess() {
        ResponseSpec response = ann().get().uri("/api/v1/broken-later").exchange();

        response.expectHeader().doesNotExist("ETag");
        assertProblem(response, 500, "internal", "/api/v1/broken-later");
    }

    @Test
    void answersAHeadWithoutABody() {
        ann().head()
                .uri("/api/v1/broken")
                .exchange()
                .expectStatus()
                .isEqualTo(500)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .isEmpty();
    }

    @Test
    void readsOfANeighbourWhatItNeeds() {
        neighbour("/things/good").expectStatus().isOk().expectBody().json("{\"name\":\"n\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things/failing", "/things/garbled", "/things/huge", "/things/nowhere"})
    void saysThatSomethingPassesWhenANeighbourFails(String path) {
        ResponseSpec response = neighbour(path);

        response.expectHeader().valueEquals("Retry-After", "2");
        assertProblem(response, 503, "unavailable", "/api/v1/neighbour")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).doesNotContain("127.0.0.1", "things"));
    }

    @Test
    void asksToSignInWhenANeighbourKnowsThatTheTokenHasEnded() {
        ResponseSpec response = neighbour("/things/ended");

        response.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        assertProblem(response, 401, "unauthenticated", "/api/v1/neighbour");
    }

    @Test
    void saysNothingOfTheDisk() {
        ResponseSpec response = ann().get().uri("/api/v1/disk").exchange();

        assertProblem(response, 503, "unavailable", "/api/v1/disk")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).doesNotContain("/var/lib"));
    }

    private ResponseSpec post(String path, String body) {
        return ann().post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private ResponseSpec neighbour(String path) {
        return ann().get()
                .uri(uri ->
                        uri.path("/api/v1/neighbour").queryParam("path", path).build())
                .exchange();
    }

    private static String head(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\nHost: localhost\nAuthorization: Bearer " + TOKENS.of("ann@example.org")
                + "\n" + headers;
    }
}
