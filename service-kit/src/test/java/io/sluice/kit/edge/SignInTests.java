package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class SignInTests extends EdgeContract {

    @Test
    void refusesWhoHasNoToken() {
        ResponseSpec response = anonymous().get().uri("/api/v1/caller").exchange();

        response.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        assertProblem(response, 401, "unauthenticated", "/api/v1/caller");
    }

    @Test
    void refusesWhoseTokenHasExpired() {
        ResponseSpec response = client(TOKENS.expired("ann@example.org"))
                .get()
                .uri("/api/v1/caller")
                .exchange();

        response.expectHeader().valueEquals("WWW-Authenticate", "Bearer");
        assertProblem(response, 401, "unauthenticated", "/api/v1/caller")
                .jsonPath("$.message")
                .isEqualTo("The token is not valid or has expired; sign in again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YW5uOnNlY3JldA==", "Bearer", "Bearer ", "Bearer a b", "Bearer ü", "token"})
    void refusesAnAuthorizationThatIsNoBearerToken(String authorization) {
        ResponseSpec response = anonymous()
                .get()
                .uri("/api/v1/caller")
                .header("Authorization", authorization)
                .exchange();

        assertProblem(response, 401, "unauthenticated", "/api/v1/caller");
    }

    @Test
    void answersNobodyWhereNothingSaysWhoMayCall() {
        ResponseSpec response =
                client(TOKENS.administrator()).get().uri("/api/v1/undeclared").exchange();

        assertProblem(response, 403, "forbidden", "/api/v1/undeclared");
    }

    @Test
    void letsAdministratorsDoWhatIsTheirs() {
        String body = "{\"name\":\"n\",\"size\":1,\"members\":[]}";

        createUser(client(TOKENS.administrator()), body).expectStatus().isOk();
        assertProblem(createUser(ann(), body), 403, "forbidden", "/api/v1/users");
        // What is wrong with the body is nothing for those who may not send one.
        assertProblem(createUser(ann(), "{"), 403, "forbidden", "/api/v1/users");
    }

    private static ResponseSpec createUser(WebTestClient client, String body) {
        return client.post()
                .uri("/api/v1/users")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    @Test
    void letsServicesOnlyDoWhatIsForServices() {
        String service = TOKENS.service("dataset-service", "item-service");

        client(service)
                .get()
                .uri("/internal/for-services")
                .exchange()
                .expectStatus()
                .isOk();
        assertProblem(
                client(TOKENS.administrator())
                        .get()
                        .uri("/internal/for-services")
                        .exchange(),
                403,
                "forbidden",
                "/internal/for-services");
    }

    @Test
    void doesNotSayToStrangersWhichPathsExist() {
        ResponseSpec response = anonymous().get().uri("/api/v1/nothing-here").exchange();

        assertProblem(response, 401, "unauthenticated", "/api/v1/nothing-here");
    }

    @Test
    void takesTheSchemeInAnyCase() {
        anonymous()
                .get()
                .uri("/api/v1/caller")
                .header("Authorization", "bearer " + TOKENS.of("ann@example.org"))
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void tellsTheControllerWhoCalls() {
        ann().get()
                .uri("/api/v1/caller")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"userId\":\"ann@example.org\",\"roles\":[\"user\"]}");
    }

    @Test
    void letsSomebodySignInWithAStaleToken() {
        client(TOKENS.expired("ann@example.org"))
                .post()
                .uri("/token?default")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("welcome");
    }

    @Test
    void refusesWhoHasSignedOutElsewhere() {
        TOKENS.signOut("gone@example.org");

        ResponseSpec response = client(TOKENS.of("gone@example.org"))
                .get()
                .uri("/api/v1/caller")
                .exchange();

        assertProblem(response, 401, "unauthenticated", "/api/v1/caller");
    }

    @Test
    void opensToANarrowedTokenWhatItWasLeft() {
        String token = TOKENS.narrowed("ann@example.org", "users:read", null);

        client(token).get().uri("/api/v1/users/me").exchange().expectStatus().isNotFound();
        ResponseSpec response = client(token).get().uri("/api/v1/caller").exchange();

        response.expectHeader().valueEquals("WWW-Authenticate", "Bearer error=\"insufficient_scope\"");
        assertProblem(response, 403, "forbidden", "/api/v1/caller");
    }

    @Test
    void opensNothingPublicToAService() {
        ResponseSpec response = client(TOKENS.service("dataset-service", "item-service"))
                .get()
                .uri("/api/v1/caller")
                .exchange();

        assertProblem(response, 403, "forbidden", "/api/v1/caller");
    }

    @Test
    void opensTheInsideToAService() {
        client(TOKENS.service("dataset-service", "item-service"))
                .get()
                .uri("/internal/things")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"userId\":\"dataset-service\",\"roles\":[\"service\"]}");
    }

    @Test
    void refusesATokenThatWasMadeForAnotherService() {
        ResponseSpec response = client(TOKENS.service("dataset-service", "auth-service"))
                .get()
                .uri("/internal/things")
                .exchange();

        assertProblem(response, 401, "unauthenticated", "/internal/things");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/internal/things", "/internal", "/actuator/env", "/actuator"})
    void opensTheInsideToNobodyWithoutAToken(String path) {
        anonymous().get().uri(path).exchange().expectStatus().isUnauthorized();
    }

    @Test
    void answersHealthToEverybodyWithoutDetails() {
        String health = anonymous()
                .get()
                .uri("/actuator/health/liveness")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();

        assertThat(health).isEqualTo("{\"status\":\"UP\"}");
    }

    @Test
    void setsNoCookie() {
        ann().get().uri("/api/v1/caller").exchange().expectHeader().doesNotExist("Set-Cookie");
    }

    @Test
    void saysForbiddenInTheWordsOfTheController() {
        assertProblem(ann().get().uri("/api/v1/forbidden").exchange(), 403, "forbidden", "/api/v1/forbidden")
                .jsonPath("$.message")
                .isEqualTo("An annotator may not delete a dataset");
    }
}
