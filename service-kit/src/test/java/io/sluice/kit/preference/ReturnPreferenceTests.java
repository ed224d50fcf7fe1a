package io.sluice.kit.preference;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

class ReturnPreferenceTests {

    private static final String APPLIED = "Preference-Applied";

    private final WebTestClient client = WebTestClient.bindToController(new ThingController())
            .webFilter(new ReturnPreference())
            .build();

    @RestController
    static class ThingController {

        @PostMapping("/things")
        Mono<ResponseEntity<Map<String, Integer>>> make() {
            return Mono.just(
                    ResponseEntity.created(URI.create("/things/1")).eTag("1").body(Map.of("id", 1)));
        }

        @PatchMapping("/things/1")
        Mono<ResponseEntity<Map<String, Integer>>> change() {
            return Mono.just(ResponseEntity.ok().eTag("2").body(Map.of("id", 1)));
        }

        @PostMapping("/things/query")
        Mono<Map<String, Integer>> query() {
            return Mono.just(Map.of("id", 1));
        }

        @PostMapping("/keys")
        Mono<ResponseEntity<Map<String, String>>> makeKey() {
            return Mono.just(ResponseEntity.created(URI.create("/keys/1"))
                    .cacheControl(CacheControl.noStore())
                    .body(Map.of("secret", "s")));
        }

        @PatchMapping("/broken")
        Mono<ResponseEntity<Mono<String>>> fail() {
            return Mono.just(ResponseEntity.ok(Mono.error(new IllegalStateException("broken"))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return=minimal",
                "respond-async, Return = \"minimal\"; a=b",
                "return=minimal, return=representation"
            })
    void answersWhatWasMadeByItsAddress(String preference) {
        send(HttpMethod.POST, "/things", preference)
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals("Location", "/things/1")
                .expectHeader()
                .valueEquals("ETag", "\"1\"")
                .expectHeader()
                .valueEquals(APPLIED, "return=minimal")
                .expectHeader()
                .doesNotExist("Content-Type")
                .expectBody()
                .isEmpty();
    }

    @Test
    void answersWhatWasChangedByItsVersion() {
        send(HttpMethod.PATCH, "/things/1", "return=minimal")
                .expectStatus()
                .isNoContent()
                .expectHeader()
                .valueEquals("ETag", "\"2\"")
                .expectHeader()
                .valueEquals(APPLIED, "return=minimal")
                .expectBody()
                .isEmpty();
    }

    @Test
    void saysThatItAnswersWithTheWhole() {
        send(HttpMethod.PATCH, "/things/1", "return=representation")
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(APPLIED, "return=representation")
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"return=nothing", "return", "xreturn=minimal", "wait=10", ""})
    void ignoresWhatItDoesNotKnow(String preference) {
        send(HttpMethod.PATCH, "/things/1", preference)
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist(APPLIED)
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(1);
    }

    @Test
    void leavesAnswersToQueriesAlone() {
        send(HttpMethod.POST, "/things/query", "return=minimal")
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist(APPLIED)
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(1);
    }

    @Test
    void tellsASecretAllTheSame() {
        send(HttpMethod.POST, "/keys", "return=minimal")
                .expectStatus()
                .isCreated()
                .expectBody()
                .jsonPath("$.secret")
                .isEqualTo("s");
    }

    @Test
    void hidesNoFailure() {
        send(HttpMethod.PATCH, "/broken", "return=minimal").expectStatus().is5xxServerError();
    }

    private ResponseSpec send(HttpMethod method, String path, String preference) {
        return client.method(method).uri(path).header("Prefer", preference).exchange();
    }
}
