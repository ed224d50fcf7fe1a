package io.sluice.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.StubService;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@TestPropertySource(
        properties = {
            "gateway.limits.enabled=false",
            "gateway.limits.window=20s",
            "gateway.limits.write=77",
            "gateway.connection.idle=99s",
            "server.max-http-request-header-size=12KB"
        })
class PlatformLimitsTests extends AtTheGate {

    @BeforeAll
    static void theServicesTellTheirs() {
        tells(AUTH, "[{'name':'password','value':256,'unit':'characters','about':'A password'}]");
        tells(
                DATASET,
                "[{'name':'body','value':1,'unit':'bytes','about':'not that of the gate'},"
                        + "{'name':'project-name','value':250,'unit':'characters','about':'A name'}]");
        ITEM.on(
                "/internal/limits.json",
                (request, response) -> response.status(503).send());
    }

    @Test
    void theLimitsAreThoseThatHold() {
        JsonNode limits = limits();

        assertThat(limit(limits, "body")).isEqualTo("8388608 bytes");
        assertThat(limit(limits, "body-depth")).isEqualTo("90 levels");
        assertThat(limit(limits, "page-size")).isEqualTo("1000 entries");
        assertThat(limit(limits, "connection-idle")).isEqualTo("99000 milliseconds");
        assertThat(limit(limits, "answer-time")).isEqualTo("60000 milliseconds");
        assertThat(limit(limits, "request-headers")).isEqualTo("12288 bytes");
        assertThat(limit(limits, "request-line")).isEqualTo("8192 bytes");
    }

    @Test
    void theServicesSayTheirsThemselves() {
        JsonNode limits = limits();

        assertThat(limit(limits, "password")).isEqualTo("256 characters");
        assertThat(limit(limits, "project-name")).isEqualTo("250 characters");
        assertThat(limits.path("limits"))
                .extracting(limit -> limit.path("name").asString())
                .doesNotHaveDuplicates();
    }

    @Test
    void whoseAreMissingIsSaid() {
        assertThat(limits().path("missing"))
                .extracting(service -> service.asString())
                .containsExactly("item-service", "model-service");
    }

    @Test
    void theRatesAreThoseOfTheSettings() {
        JsonNode rates = limits().path("rateLimits");

        assertThat(rates.path("enabled").asBoolean()).isFalse();
        assertThat(rates.path("classes"))
                .extracting(rate -> rate.path("name").asString() + " "
                        + rate.path("requests").asLong() + " "
                        + rate.path("windowMilliseconds").asLong())
                .containsExactly("read 10000 20000", "write 77 20000", "upload 20000 20000", "sign-in 200 20000");
    }

    @Test
    void unchangedLimitsAreNotSentAgain() {
        String tag = Objects.requireNonNull(stranger()
                .get()
                .uri("/api/v1/limits")
                .exchange()
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getETag());

        stranger()
                .get()
                .uri("/api/v1/limits")
                .header(HttpHeaders.IF_NONE_MATCH, tag)
                .exchange()
                .expectStatus()
                .isNotModified();
    }

    @Test
    void whatTheServicesTellTheGatewayIsNotOutside() {
        ann().get().uri("/internal/limits.json").exchange().expectStatus().isNotFound();
    }

    private JsonNode limits() {
        return Objects.requireNonNull(stranger()
                .get()
                .uri("/api/v1/limits")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
    }

    private static String limit(JsonNode limits, String name) {
        for (JsonNode limit : limits.path("limits")) {
            if (limit.path("name").asString("").equals(name)) {
                assertThat(limit.path("about").asString("")).as(name).isNotEmpty();
                return limit.path("value").asLong() + " " + limit.path("unit").asString();
            }
        }
        return "no " + name;
    }

    private static void tells(StubService service, String limits) {
        service.on(
                "/internal/limits.json",
                (request, response) -> response.header("Content-Type", "application/json")
                        .sendString(Mono.just(limits.replace('\'', '"')))
                        .then());
    }
}
