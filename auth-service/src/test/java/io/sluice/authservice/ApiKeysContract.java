package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** API keys, over HTTP and on a database. */
abstract class ApiKeysContract extends WithTokens {

    private static final String PATH = "/api/v1/apiKeys";
    private static final String PROJECT = "6b0183990000000000001001";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void makesAKeyAsTheSdkAsksForOne() {
        String email = newUser();

        JsonNode made = AuthClient.json(
                post(PATH, tokenOf(email), Map.of("userId", email, "description", "for the night shift"))
                        .expectStatus()
                        .isCreated()
                        .expectHeader()
                        .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store"));

        JsonNode claims = claimsOf(made.path("jwt").asString());
        assertThat(claims.path("email").asString()).isEqualTo(email);
        assertThat(claims.path("sid").asString())
                .isEqualTo("k-" + made.path("id").asString());
        assertThat(claims.has("scope")).isFalse();
        assertThat(claims.has("projects")).isFalse();
        assertThat(Duration.ofSeconds(
                        claims.path("exp").asLong() - claims.path("iat").asLong()))
                .isEqualTo(Duration.ofDays(365));
        assertThat(made.path("expiresAt").asLong())
                .isBetween(
                        Instant.now().plus(Duration.ofDays(364)).toEpochMilli(),
                        Instant.now().plus(Duration.ofDays(365)).toEpochMilli());
        isIn(made.path("jwt").asString());
    }

    @Test
    void keepsTheDigestOnly() {
        String email = newUser();

        JsonNode made = make(email, Map.of());

        Document stored = stored("api_keys", made.path("id").asString());
        assertThat(stored.getString("tokenDigest")).matches("[0-9a-f]{64}");
        assertThat(stored.toJson()).doesNotContain(made.path("jwt").asString().split("\\.", 3)[2]);
        assertThat(ok(get(PATH, tokenOf(email))).toString()).doesNotContain("jwt");
        assertThat(ok(get(PATH + "/" + made.path("id").asString(), tokenOf(email)))
                        .has("jwt"))
                .isFalse();
    }

    /** An answer with a secret is told once; a repeat makes another key. */
    @Test
    void keepsNoAnswerForRepeats() {
        String token = tokenOf(newUser());

        JsonNode first = makeWithIdempotencyKey(token);
        JsonNode second = makeWithIdempotencyKey(token);

        assertThat(second.path("id")).isNotEqualTo(first.path("id"));
        assertThat(mongo().count(new Query(), "idempotency_keys").block(PATIENCE))
                .isZero();
    }

    private JsonNode makeWithIdempotencyKey(String token) {
        return AuthClient.json(auth().http()
                .post()
                .uri(PATH)
                .headers(headers -> headers.setBearerAuth(token))
                .header("Idempotency-Key", "the-same")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("name", "mine"))
                .exchange()
                .expectStatus()
                .isCreated()
                .expectHeader()
                .doesNotExist("Idempotency-Replayed"));
    }

    @Test
    void takesNothingThatOnlyTheServiceMaySay() {
        String email = newUser();
        Map<String, Object> body = new HashMap<>(Map.of("name", "mine"));
        body.putAll(Map.of(
                "id",
                "6b0183990000000000009999",
                "slot",
                "elsewhere",
                "tokenDigest",
                "0",
                "createdAt",
                0,
                "jwt",
                "evil",
                "roles",
                List.of("administrator"),
                "sid",
                "s-1"));

        JsonNode made = make(email, body);

        Document stored = stored("api_keys", made.path("id").asString());
        assertThat(made.path("id").asString()).isNotEqualTo("6b0183990000000000009999");
        assertThat(stored.getString("slot")).isEqualTo(email + "/0");
        assertThat(stored.getDate("createdAt")).isAfter(Instant.now().minusSeconds(600));
        assertThat(claimsOf(made.path("jwt").asString())
                        .path("roles")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactly("user");
    }

    @Test
    void keepsARevokedKeyOut() {
        String email = newUser();
        JsonNode first = make(email, Map.of("name", "first"));
        JsonNode second = make(email, Map.of("name", "second"));
        String key = first.path("jwt").asString();
        isIn(key);

        delete(PATH + "/" + first.path("id").asString(), tokenOf(email))
                .expectStatus()
                .isNoContent();

        assertThat(ok(get(PATH, tokenOf(email)))
                        .valueStream()
                        .map(listed -> listed.path("name").asString()))
                .containsExactly("second");
        delete(PATH + "/" + first.path("id").asString(), tokenOf(email))
                .expectStatus()
                .isNotFound();
        isSoonOut(key);
        isIn(second.path("jwt").asString());
    }

    @Test
    void showsNobodyTheKeysOfOthers() {
        JsonNode made = make(newUser(), Map.of());
        String path = PATH + "/" + made.path("id").asString();
        String stranger = tokenOf(newUser());

        for (String token : List.of(stranger, administrator())) {
            get(path, token).expectStatus().isNotFound();
            delete(path, token).expectStatus().isNotFound();
            assertThat(ok(get(PATH, token)).toString())
                    .doesNotContain(made.path("id").asString());
        }
        isIn(made.path("jwt").asString());
    }

    @Test
    void makesKeysForOneselfOnly() {
        String other = newUser();
        Map<String, String> body = Map.of("userId", other, "description", "");

        for (String token : List.of(tokenOf(newUser()), administrator())) {
            post(PATH, token, body)
                    .expectStatus()
                    .isForbidden()
                    .expectBody()
                    .jsonPath("$.errors[0].field")
                    .isEqualTo("userId");
        }
        assertThat(ok(get(PATH, tokenOf(other))).size()).isZero();
    }

    @Test
    void makesAtMostTenHoweverManyAreAskedForAtOnce() {
        String email = newUser();
        String token = tokenOf(email);

        List<CompletableFuture<Integer>> requests = IntStream.range(0, 15)
                .mapToObj(number -> CompletableFuture.supplyAsync(() -> post(PATH, token, Map.of("name", "k" + number))
                        .returnResult(Void.class)
                        .getStatus()
                        .value()))
                .toList();
        List<Integer> statuses =
                requests.stream().map(CompletableFuture::join).sorted().toList();

        assertThat(statuses.subList(0, 10)).containsOnly(201);
        assertThat(statuses.subList(10, 15)).containsOnly(409);
        assertThat(ok(get(PATH, token)).size()).isEqualTo(10);
    }

    @Test
    void forgetsKeysThatAreOver() {
        String email = newUser();
        JsonNode over = make(email, Map.of());
        mongo().updateFirst(
                        Query.query(Criteria.where("_id").is(over.path("id").asString())),
                        Update.update("expiresAt", Instant.now().minusSeconds(1)),
                        "api_keys")
                .block(PATIENCE);

        isOut(over.path("jwt").asString());
        assertThat(ok(get(PATH, tokenOf(email))).size()).isZero();
        assertThat(stored("api_keys", make(email, Map.of()).path("id").asString())
                        .getString("slot"))
                .isEqualTo(email + "/0");
    }

    @Test
    void narrowsAKeyToScopes() {
        String email = newUser();

        JsonNode made = make(email, Map.of("scopes", List.of("users:read", "items:write")));

        String key = made.path("jwt").asString();
        assertThat(claimsOf(key).path("scope").asString()).isEqualTo("items:write users:read");
        isIn(key);
        get("/api/v1/users/" + email, key).expectStatus().isOk();
        patch("/api/v1/users/me", key, Map.of("firstName", "Eve"))
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .valueEquals(
                        HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"insufficient_scope\", scope=\"users:write\"");
        assertThat(stored("users", email)).containsEntry("firstName", "Ann");
    }

    @Test
    void narrowsAKeyToProjects() {
        String email = newUser();

        String key =
                make(email, Map.of("projects", List.of(PROJECT))).path("jwt").asString();

        assertThat(claimsOf(key).path("projects").get(0).asString()).isEqualTo(PROJECT);
        isIn(key);
        get("/api/v1/users/" + email, key).expectStatus().isForbidden();
    }

    @Test
    void letsNoKeyMakeAnother() {
        String email = newUser();
        String whole = make(email, Map.of()).path("jwt").asString();
        String narrow = make(email, Map.of("scopes", List.of("users:write")))
                .path("jwt")
                .asString();

        post(PATH, whole, Map.of()).expectStatus().isForbidden();
        get(PATH, whole).expectStatus().isOk();
        for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
            change(method, PATH, narrow, Map.of()).expectStatus().isForbidden();
        }
        post("/api/v1/users/me/password", whole, Map.of("oldPassword", PASSWORD, "newPassword", "a new password"))
                .expectStatus()
                .isForbidden();
    }

    @Test
    void keepsTheKeysOfADisabledUserOut() {
        String email = newUser();
        String key = make(email, Map.of()).path("jwt").asString();

        patch("/api/v1/users/" + email, administrator(), Map.of("disabled", true))
                .expectStatus()
                .isOk();

        isOut(key);
    }

    @Test
    void endsTheKeysOfADeletedUser() {
        String email = newUser();
        String key = make(email, Map.of()).path("jwt").asString();

        delete("/api/v1/users/" + email, administrator()).expectStatus().isNoContent();
        create(email).expectStatus().isCreated();

        isOut(key);
        assertThat(ok(get(PATH, tokenOf(email))).size()).isZero();
    }

    @Test
    void namesTheFieldThatMakesAKeyInvalid() {
        String token = tokenOf(newUser());
        long inThreeYears = Instant.now().plus(Duration.ofDays(1096)).toEpochMilli();

        expectInvalid(post(PATH, token, Map.of("expiresAt", 1)), "expiresAt");
        expectInvalid(post(PATH, token, Map.of("expiresAt", inThreeYears)), "expiresAt");
        expectInvalid(post(PATH, token, Map.of("expiresAt", Long.MIN_VALUE)), "expiresAt");
        expectInvalid(post(PATH, token, Map.of("name", "x".repeat(101))), "name");
        expectInvalid(post(PATH, token, Map.of("description", "x".repeat(1001))), "description");
        expectInvalid(post(PATH, token, Map.of("scopes", List.of())), "scopes");
        expectInvalid(post(PATH, token, Map.of("projects", List.of())), "projects");
        post(PATH, token, Map.of("scopes", List.of("everything")))
                .expectStatus()
                .isBadRequest();
        post(PATH, token, Map.of("projects", List.of("../x"))).expectStatus().isBadRequest();
        assertThat(ok(get(PATH, token)).size()).isZero();
    }

    @Test
    void asksForATokenFirst() {
        auth().http().get().uri(PATH).exchange().expectStatus().isUnauthorized();
        auth().http().post().uri(PATH).exchange().expectStatus().isUnauthorized();
        get(PATH, PROJECTS.tokens().service("dataset-service", "auth-service"))
                .expectStatus()
                .isEqualTo(HttpStatus.FORBIDDEN);
    }

    private JsonNode make(String email, Map<String, ?> body) {
        return ok(post(PATH, tokenOf(email), body));
    }
}
