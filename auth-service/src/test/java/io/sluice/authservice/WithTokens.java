package io.sluice.authservice;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.bson.Document;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Short words for requests by who has a token. */
abstract class WithTokens extends RunningAuthService {

    /** A credential that ends is out everywhere within five seconds; the sixth is for a slow machine. */
    static final Duration SOON = Duration.ofSeconds(6);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final String tokenOf(String email) {
        return auth().idToken(email, PASSWORD);
    }

    final WebTestClient.ResponseSpec get(String path, String token) {
        return auth().get(path, token);
    }

    final WebTestClient.ResponseSpec post(String path, String token, Object body) {
        return auth().post(path, token, body);
    }

    final WebTestClient.ResponseSpec delete(String path, String token) {
        return auth().http()
                .delete()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange();
    }

    final WebTestClient.ResponseSpec patch(String path, String token, Object body) {
        return change(HttpMethod.PATCH, path, token, body);
    }

    final WebTestClient.ResponseSpec change(HttpMethod method, String path, String token, Object body) {
        return auth().http()
                .method(method)
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    final Document stored(String collection, String id) {
        return mongo().findById(id, Document.class, collection)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    static JsonNode ok(WebTestClient.ResponseSpec response) {
        return AuthClient.json(response.expectStatus().is2xxSuccessful());
    }

    static JsonNode claimsOf(String token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]);
        return new JsonMapper().readTree(new String(claims, StandardCharsets.UTF_8));
    }

    final void isIn(String token) {
        get("/api/v1/users/me", token).expectStatus().isOk();
    }

    final void isOut(String token) {
        get("/api/v1/users/me", token).expectStatus().isUnauthorized();
    }

    final void isSoonOut(String token) {
        await().atMost(SOON)
                .until(() -> get("/api/v1/users/me", token)
                        .returnResult(Void.class)
                        .getStatus()
                        .isSameCodeAs(HttpStatus.UNAUTHORIZED));
    }
}
