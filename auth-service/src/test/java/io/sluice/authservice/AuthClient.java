package io.sluice.authservice;

import java.time.Duration;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The requests that many tests send. */
record AuthClient(WebTestClient http) {

    static AuthClient of(int port) {
        return new AuthClient(WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .build());
    }

    WebTestClient.ResponseSpec token(Map<String, ?> body) {
        return http.post()
                .uri("/token?default")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    WebTestClient.ResponseSpec signIn(String username, String password) {
        return token(Map.of("type", "user_credentials", "username", username, "password", password));
    }

    /** The reply of a sign-in that works. */
    JsonNode signedIn(String username, String password) {
        return json(signIn(username, password).expectStatus().isOk());
    }

    String idToken(String username, String password) {
        return signedIn(username, password).path("id_token").asString();
    }

    WebTestClient.ResponseSpec refresh(String refreshToken) {
        return token(Map.of("type", "refresh_token", "refresh_token", refreshToken));
    }

    WebTestClient.ResponseSpec get(String path, String token) {
        return http.get()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange();
    }

    WebTestClient.ResponseSpec post(String path, String token, Object body) {
        return http.post()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    static JsonNode json(WebTestClient.ResponseSpec response) {
        byte[] body = response.expectBody().returnResult().getResponseBodyContent();
        return new JsonMapper().readTree(body == null ? new byte[0] : body);
    }
}
