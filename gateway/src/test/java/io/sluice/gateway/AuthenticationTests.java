package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

class AuthenticationTests extends AtTheGate {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/items/6b01",
                "/api/v1/projects",
                "/api/v1/users/me",
                "/oauth2/keys",
                "/nope",
                "/",
                "/internal/access"
            })
    void asksEverybodyElseToSignIn(String path) {
        stranger()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(401)
                .jsonPath("$.message")
                .isNotEmpty();
    }

    @Test
    void asksInXmlWhoAskedInXml() {
        stranger()
                .get()
                .uri("/api/v1/projects")
                .accept(MediaType.APPLICATION_XML)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_XML)
                .expectHeader()
                .value("Vary", vary -> assertThat(vary).contains("Accept"))
                .expectBody(String.class)
                .value(body -> assertThat(body).contains("<status>401</status>"));
    }

    static Stream<String> badTokens() {
        return Stream.of(
                "nonsense",
                "a.b.c",
                TOKENS.expired("ann@example.org"),
                TOKENS.wrongAudience("ann@example.org"),
                TOKENS.unsigned("ann@example.org"),
                TOKENS.signedWithPublicKey("ann@example.org"),
                TOKENS.signedByStranger("ann@example.org"),
                TOKENS.service("auth-service", "dataset-service"));
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void refusesTokensThatAreNotGood(String token) {
        stranger()
                .get()
                .uri("/api/v1/items/6b01")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void refusesWhoHasSignedOut() {
        TOKENS.signOut("gone@example.org");

        stranger()
                .get()
                .uri("/api/v1/items/6b01")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TOKENS.of("gone@example.org"))
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void passesOnForANarrowedTokenOnlyWhatItWasLeft() {
        String token = TOKENS.narrowed("ann@example.org", "items:read", null);

        stranger()
                .get()
                .uri("/api/v1/items/6b01")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .exchange()
                .expectStatus()
                .isOk();
        stranger()
                .delete()
                .uri("/api/v1/items/6b01")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/token?default",
                "/login",
                "/oauth2/authorize",
                "/oauth2/token",
                "/oauth2/revoke",
                "/oauth2/introspect",
                "/.well-known/oauth-authorization-server",
                "/api/v1/users/passwordReset"
            })
    void letsEverybodySignInAndReadTheKeys(String path) {
        StubService.Seen seen = seenBy(stranger().post().uri(path));

        assertThat(seen.service()).isEqualTo("auth-service");
    }

    @Test
    void passesTheSecretsOfMachinesOn() {
        StubService.Seen seen = seenBy(
                stranger().post().uri("/oauth2/token").header(HttpHeaders.AUTHORIZATION, "Basic Ym90OnNlY3JldA=="));

        assertThat(seen.service()).isEqualTo("auth-service");
    }

    @Test
    void letsSomebodyWithAnExpiredTokenSignIn() {
        StubService.Seen seen = seenBy(stranger()
                .post()
                .uri("/token?default")
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + TOKENS.expired("ann@example.org")));

        assertThat(seen.uri()).isEqualTo("/token?default");
    }

    @Test
    void passesTheTokenOnUnchanged() {
        StubService.Seen seen = seenBy(ann().get().uri("/api/v1/items/6b01"));

        assertThat(seen.headers()).containsEntry("authorization", "Bearer " + ANN);
    }
}
