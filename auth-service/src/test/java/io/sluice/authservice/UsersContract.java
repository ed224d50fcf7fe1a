package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Managing users, over HTTP and on a database. */
abstract class UsersContract extends WithTokens {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What a user must not be able to say about themselves, nor an administrator about anybody. */
    private static final Map<String, @Nullable Object> READ_ONLY = readOnly();

    private static Map<String, @Nullable Object> readOnly() {
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("id", "evil@example.org");
        fields.put("_id", "evil@example.org");
        fields.put("email", "evil@example.org");
        fields.put("username", "evil");
        fields.put("type", "bot");
        fields.put("password", "a new password");
        fields.put("passwordHash", "$argon2id$evil");
        fields.put("passwordReset", Map.of("codeDigest", "0"));
        fields.put("disabledAt", "2026-11-21T12:00:00Z");
        fields.put("createdAt", 0);
        fields.put("updatedAt", 0);
        fields.put("version", 77);
        fields.put("projects", List.of("6b0183990000000000001001"));
        fields.put("orgs", List.of("6b0183990000000000001001"));
        return fields;
    }

    // Finding

    @Test
    void leadsFromPageToPageByCursor() {
        String marker = anyEmail();
        for (String part : List.of("a", "b", "c")) {
            create(part + marker).expectStatus().isCreated();
        }
        String list = "/api/v1/users?pageSize=2&email=" + marker;
        String next = link(get(list, administrator()), "next");
        JsonNode second = ok(get(next, administrator()));

        assertThat(second.at("/items/0/id").asString()).isEqualTo("c" + marker);
        assertThat(second.path("hasNextPage").asBoolean()).isFalse();
        assertThat(second.has("totalItemsCount")).isFalse();
        JsonNode back = ok(get(link(get(next, administrator()), "prev"), administrator()));
        assertThat(back.path("items").valueStream().map(user -> user.path("id").asString()))
                .containsExactly("a" + marker, "b" + marker);
        get(next + "&pageOffset=0", administrator()).expectStatus().isBadRequest();
        get("/api/v1/users?cursor=none", administrator()).expectStatus().isBadRequest();
    }

    private static String link(WebTestClient.ResponseSpec answer, String relation) {
        String links = String.valueOf(
                answer.expectBody().returnResult().getResponseHeaders().getFirst("Link"));
        Matcher link = Pattern.compile("<http://[^/]+([^>]+)>; rel=\"" + relation + "\"")
                .matcher(links);
        assertThat(link.find()).as(links).isTrue();
        return link.group(1);
    }

    @Test
    void listsUsersPageByPageForAdministrators() {
        String marker = anyEmail();
        for (String part : List.of("a", "b", "c")) {
            create(part + marker).expectStatus().isCreated();
        }

        JsonNode first = ok(get("/api/v1/users?pageSize=2&email=" + marker, administrator()));
        JsonNode second = ok(get("/api/v1/users?pageSize=2&pageOffset=1&email=" + marker, administrator()));

        assertThat(first.path("items").valueStream().map(user -> user.path("id").asString()))
                .containsExactly("a" + marker, "b" + marker);
        assertThat(first.path("totalItemsCount").asInt()).isEqualTo(3);
        assertThat(first.path("hasNextPage").asBoolean()).isTrue();
        assertThat(second.path("items")
                        .valueStream()
                        .map(user -> user.path("id").asString()))
                .containsExactly("c" + marker);
        assertThat(second.path("hasNextPage").asBoolean()).isFalse();
        assertThat(first.toString()).doesNotContain("argon2");
    }

    @Test
    void findsUsersByPartsOfAddressAndName() {
        String email = newUser();
        String part = email.substring(4, 40).toUpperCase(Locale.ROOT);

        assertThat(count("email=" + part)).isOne();
        assertThat(count("email=" + part + "&name=LEE an")).isOne();
        assertThat(count("email=" + part + "&name=Ann Smith")).isZero();
        assertThat(count("pageSize=0&email=" + part)).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {".*", "^", "[a-z]", "$ne", "\\E.*", "("})
    void takesWhatItLooksForLiterally(String text) {
        newUser();

        assertThat(ok(auth().http()
                                .get()
                                .uri(uri -> uri.path("/api/v1/users")
                                        .queryParam("name", "{text}")
                                        .build(text))
                                .headers(headers -> headers.setBearerAuth(administrator()))
                                .exchange())
                        .path("totalItemsCount")
                        .asInt())
                .isZero();
    }

    private int count(String query) {
        return ok(get("/api/v1/users?" + query, administrator()))
                .path("totalItemsCount")
                .asInt();
    }

    @ParameterizedTest
    @CsvSource({"pageOffset,-1", "pageSize,-1", "pageSize,1001", "pageSize,many"})
    void refusesPagesThatThereCannotBe(String parameter, String value) {
        get("/api/v1/users?" + parameter + "=" + value, administrator())
                .expectStatus()
                .isBadRequest();
    }

    @Test
    void listsUsersToNobodyElse() {
        get("/api/v1/users", tokenOf(newUser())).expectStatus().isForbidden();
    }

    @Test
    void answersAtTheShortAddressToo() {
        String email = newUser();

        assertThat(ok(get("/api/users/me", tokenOf(email)))).isEqualTo(ok(get("/api/v1/users/me", tokenOf(email))));
        assertThat(ok(get("/api/users/" + email, administrator())).path("id").asString())
                .isEqualTo(email);
        get("/api/users", tokenOf(email)).expectStatus().isForbidden();
    }

    // Changing

    @Test
    void letsUsersChangeTheirNamesAndNothingElse() {
        String email = newUser();
        Map<String, @Nullable Object> body = new HashMap<>(READ_ONLY);
        body.put("firstName", "Anna");
        body.put("disabled", true);
        body.put("roles", List.of("user", "administrator"));
        Document before = stored("users", email);

        for (String path : List.of("/api/v1/users/me", "/api/v1/users/" + email, "/api/users/me")) {
            patch(path, tokenOf(email), body)
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.firstName")
                    .isEqualTo("Anna")
                    .jsonPath("$.lastName")
                    .isEqualTo("Lee");
        }

        Document after = stored("users", email);
        assertThat(after.getString("firstName")).isEqualTo("Anna");
        assertThat(withoutNamesAndVersion(after)).isEqualTo(withoutNamesAndVersion(before));
    }

    @Test
    void letsAdministratorsChangeNoReadOnlyFieldEither() {
        String email = newUser();
        Document before = stored("users", email);
        Map<String, @Nullable Object> whole = new HashMap<>(READ_ONLY);
        whole.put("firstName", "Anna");
        whole.put("lastName", "Li");

        patch("/api/v1/users/" + email, administrator(), READ_ONLY)
                .expectStatus()
                .isOk();
        assertThat(stored("users", email)).isEqualTo(before);

        change(HttpMethod.PUT, "/api/v1/users/" + email, administrator(), whole)
                .expectStatus()
                .isOk();
        assertThat(withoutNamesAndVersion(stored("users", email))).isEqualTo(withoutNamesAndVersion(before));
        assertThat(stored("users", email)).containsEntry("firstName", "Anna").containsEntry("lastName", "Li");
    }

    @Test
    void makesNobodyAnAdministratorWhoIsMade() {
        String email = anyEmail();
        Map<String, @Nullable Object> body = new HashMap<>(READ_ONLY);
        body.putAll(Map.of("email", email, "password", PASSWORD, "roles", List.of("administrator")));

        post("/api/v1/users", administrator(), body).expectStatus().isCreated();

        assertThat(stored("users", email).getList("roles", String.class)).containsExactly("user");
        assertThat(stored("users", email)).doesNotContainKey("disabledAt");
        auth().signIn(email, PASSWORD).expectStatus().isOk();
    }

    private static Document withoutNamesAndVersion(Document user) {
        Document rest = new Document(user);
        List.of("firstName", "lastName", "updatedAt", "version").forEach(rest::remove);
        return rest;
    }

    @Test
    void replacesAUserAsAWhole() {
        String email = newUser();

        change(HttpMethod.PUT, "/api/v1/users/" + email, administrator(), Map.of("lastName", "Li"))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.firstName")
                .isEqualTo("")
                .jsonPath("$.lastName")
                .isEqualTo("Li");
    }

    @Test
    void removesANameByAMergePatch() {
        String email = newUser();
        Map<String, @Nullable Object> patch = new HashMap<>();
        patch.put("firstName", null);

        auth().http()
                .patch()
                .uri("/api/v1/users/" + email)
                .headers(headers -> headers.setBearerAuth(administrator()))
                .contentType(MediaType.valueOf("application/merge-patch+json"))
                .bodyValue(patch)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.firstName")
                .isEqualTo("")
                .jsonPath("$.lastName")
                .isEqualTo("Lee");
    }

    @Test
    void refusesAChangeOfAnotherVersion() {
        String email = newUser();
        String token = administrator();
        String etag = String.valueOf(get("/api/v1/users/" + email, token)
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getETag());
        patch("/api/v1/users/" + email, token, Map.of("firstName", "Anna"))
                .expectStatus()
                .isOk();

        for (HttpMethod method : List.of(HttpMethod.PATCH, HttpMethod.PUT, HttpMethod.DELETE)) {
            auth().http()
                    .method(method)
                    .uri("/api/v1/users/" + email)
                    .headers(headers -> headers.setBearerAuth(token))
                    .header(HttpHeaders.IF_MATCH, etag)
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(Map.of("firstName", "Anita"))
                    .exchange()
                    .expectStatus()
                    .isEqualTo(HttpStatus.PRECONDITION_FAILED);
        }
        assertThat(stored("users", email)).containsEntry("firstName", "Anna");
    }

    @ParameterizedTest
    @CsvSource({
        "firstName,7",
        "lastName,A\u0007nn",
        "disabled,yes",
        "roles,administrator",
        "roles,[root]",
        "roles,[null]"
    })
    void namesTheFieldThatCannotBeSet(String field, String value) {
        Object sent = switch (value) {
            case "7" -> 7;
            case "[root]" -> List.of("root");
            case "[null]" -> Collections.singletonList(null);
            default -> value;
        };

        expectInvalid(patch("/api/v1/users/" + newUser(), administrator(), Map.of(field, sent)), field);
    }

    @Test
    void hidesUsersFromThoseWhoMayNotChangeThem() {
        String token = tokenOf(newUser());
        String other = newUser();
        String nobody = anyEmail();
        for (HttpMethod method : List.of(HttpMethod.PATCH, HttpMethod.PUT, HttpMethod.DELETE)) {
            // What only administrators may do is refused to everybody else, whomever it is about.
            HttpStatus refused = method == HttpMethod.PATCH ? HttpStatus.NOT_FOUND : HttpStatus.FORBIDDEN;
            JsonNode hidden = AuthClient.json(change(method, "/api/v1/users/" + other, token, Map.of())
                    .expectStatus()
                    .isEqualTo(refused));
            JsonNode missing = AuthClient.json(change(method, "/api/v1/users/" + nobody, token, Map.of())
                    .expectStatus()
                    .isEqualTo(refused));
            assertThat(hidden.toString().replace(other, "?"))
                    .isEqualTo(missing.toString().replace(nobody, "?"));
        }
    }

    @Test
    void letsNobodyReplaceOrDeleteThemselves() {
        String email = newUser();
        String token = tokenOf(email);

        change(HttpMethod.PUT, "/api/v1/users/" + email, token, Map.of())
                .expectStatus()
                .isForbidden();
        delete("/api/v1/users/" + email, token).expectStatus().isForbidden();

        isIn(token);
    }

    // Disabling

    @Test
    void keepsADisabledUserOutUntilEnabledAgain() {
        String email = newUser();
        JsonNode session = auth().signedIn(email, PASSWORD);
        String token = session.path("id_token").asString();
        isIn(token);

        patch("/api/v1/users/" + email, administrator(), Map.of("disabled", true))
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.disabled")
                .isEqualTo(true);

        auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
        auth().refresh(session.path("refresh_token").asString()).expectStatus().isUnauthorized();
        isSoonOut(token);
        patch("/api/v1/users/" + email, administrator(), Map.of("disabled", false))
                .expectStatus()
                .isOk();
        isIn(tokenOf(email));
        auth().refresh(session.path("refresh_token").asString()).expectStatus().isUnauthorized();
    }

    // Administrators

    @Test
    void takesTheRightsOfAnAdministratorAwayAtOnce() {
        String email = newUser();
        patch("/api/v1/users/" + email, administrator(), Map.of("roles", List.of("administrator")))
                .expectStatus()
                .isOk();
        String token = tokenOf(email);
        get("/api/v1/users", token).expectStatus().isOk();

        patch("/api/v1/users/" + email, administrator(), Map.of("roles", List.of("user")))
                .expectStatus()
                .isOk();

        await().atMost(SOON)
                .untilAsserted(() -> get("/api/v1/users", token).expectStatus().isForbidden());
        isIn(token);
    }

    @Test
    void keepsTheLastAdministrator() {
        String path = "/api/v1/users/" + ADMINISTRATOR;
        String token = administrator();

        delete(path, token).expectStatus().isEqualTo(HttpStatus.CONFLICT);
        patch(path, token, Map.of("disabled", true)).expectStatus().isEqualTo(HttpStatus.CONFLICT);
        patch(path, token, Map.of("roles", List.of("user"))).expectStatus().isEqualTo(HttpStatus.CONFLICT);
        change(HttpMethod.PUT, path, token, Map.of()).expectStatus().isEqualTo(HttpStatus.CONFLICT);

        isIn(administrator());
        get("/api/v1/users", token).expectStatus().isOk();
    }

    // Deleting

    @Test
    void endsEverythingThatAUserHadWhenDeleted() {
        String email = newUser();
        String projectId = "6b0183990000000000001001";
        PROJECTS.put(projectId, email, "engineer");
        PROJECTS.put(projectId, "owner@example.org", "owner");
        JsonNode session = auth().signedIn(email, PASSWORD);
        String token = session.path("id_token").asString();
        isIn(token);

        delete("/api/v1/users/" + email, administrator()).expectStatus().isNoContent();

        get("/api/v1/users/" + email, administrator()).expectStatus().isNotFound();
        delete("/api/v1/users/" + email, administrator()).expectStatus().isNotFound();
        auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
        auth().refresh(session.path("refresh_token").asString()).expectStatus().isUnauthorized();
        assertThat(PROJECTS.membersOf(projectId)).containsOnlyKeys("owner@example.org");
        isSoonOut(token);
    }

    @Test
    void endsMembershipsAsSoonAsDatasetServiceAnswers() {
        String email = newUser();
        String projectId = "6b0183990000000000001002";
        PROJECTS.put(projectId, email, "engineer");

        PROJECTS.withoutAnswer(() -> {
            delete("/api/v1/users/" + email, administrator()).expectStatus().isNoContent();

            auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
            create(email).expectStatus().isEqualTo(HttpStatus.CONFLICT);
        });

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(PROJECTS.membersOf(projectId)).isEmpty());
        await().atMost(PATIENCE)
                .untilAsserted(() -> create(email).expectStatus().isCreated());
    }

    // Passwords

    @Test
    void changesThePasswordOfWhoKnowsTheOldOne() {
        String email = newUser();
        JsonNode elsewhere = auth().signedIn(email, PASSWORD);
        String token = tokenOf(email);

        post("/api/v1/users/me/password", token, passwords(PASSWORD, "a better password"))
                .expectStatus()
                .isNoContent();

        auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
        auth().signIn(email, "a better password").expectStatus().isOk();
        auth().refresh(elsewhere.path("refresh_token").asString())
                .expectStatus()
                .isUnauthorized();
        isOut(elsewhere.path("id_token").asString());
        isSoonOut(token);
    }

    @Test
    void changesNoPasswordWithoutTheOldOne() {
        String email = newUser();
        String token = tokenOf(email);

        expectInvalid(
                post("/api/v1/users/me/password", token, passwords("not the password", "a better one")), "oldPassword");
        expectInvalid(post("/api/v1/users/me/password", token, passwords(PASSWORD, "short")), "newPassword");
        expectInvalid(post("/api/v1/users/me/password", token, Map.of("newPassword", "a better one")), "oldPassword");

        isIn(tokenOf(email));
    }

    @Test
    void slowsDownWhoTriesOldPasswords() {
        String email = newUser();
        String token = tokenOf(email);
        Map<String, String> guess = passwords("not the password", "a better one");

        List<Integer> answers = IntStream.range(0, 25)
                .mapToObj(attempt -> post("/api/v1/users/me/password", token, guess)
                        .returnResult(Void.class)
                        .getStatus()
                        .value())
                .toList();

        assertThat(answers).startsWith(400).endsWith(429).containsOnly(400, 429);
    }

    private static Map<String, String> passwords(String old, String wanted) {
        return Map.of("oldPassword", old, "newPassword", wanted);
    }

    @Test
    void resetsAPasswordByACodeThatWorksOnce() {
        String email = newUser();
        String token = tokenOf(email);
        String code = codeFor(email);

        reset(email.toUpperCase(Locale.ROOT), code, "a password that I remember")
                .expectStatus()
                .isNoContent();

        auth().signIn(email, "a password that I remember").expectStatus().isOk();
        auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
        isOut(token);
        reset(email, code, "once more").expectStatus().isUnauthorized();
    }

    @Test
    void keepsNoCode() {
        String email = newUser();

        String code = codeFor(email);

        assertThat(stored("users", email).toJson()).doesNotContain(code).contains("codeDigest");
    }

    @Test
    void refusesWrongAndLateCodesAndUnknownUsersInTheSameWords() {
        String email = newUser();
        String late = newUser();
        String code = codeFor(email);
        String lateCode = codeFor(late);
        mongo().updateFirst(
                        Query.query(Criteria.where("_id").is(late)),
                        Update.update("passwordReset.expiresAt", Instant.now().minusSeconds(1)),
                        "users")
                .block(PATIENCE);

        List<JsonNode> refusals = List.of(
                refusal(email, code + "x"),
                refusal(late, lateCode),
                refusal(newUser(), code),
                refusal(anyEmail(), code),
                refusal("no address", code));

        assertThat(refusals).containsOnly(refusals.get(0));
        auth().signIn(email, PASSWORD).expectStatus().isOk();
    }

    private JsonNode refusal(String email, String code) {
        return AuthClient.json(
                reset(email, code, "a password that I remember").expectStatus().isUnauthorized());
    }

    @Test
    void givesCodesToAdministratorsOnly() {
        String email = newUser();
        String token = tokenOf(email);

        post("/api/v1/users/" + email + "/passwordReset", token, Map.of())
                .expectStatus()
                .isForbidden();
        post("/api/v1/users/" + ADMINISTRATOR + "/passwordReset", token, Map.of())
                .expectStatus()
                .isForbidden();
        post("/api/v1/users/" + anyEmail() + "/passwordReset", administrator(), Map.of())
                .expectStatus()
                .isNotFound();
    }

    private String codeFor(String email) {
        return ok(post("/api/v1/users/" + email + "/passwordReset", administrator(), Map.of()))
                .path("code")
                .asString();
    }

    private WebTestClient.ResponseSpec reset(String email, String code, String password) {
        return auth().http()
                .post()
                .uri("/api/v1/users/passwordReset")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("email", email, "code", code, "newPassword", password))
                .exchange();
    }

    // What other services ask

    @Test
    void tellsWhetherACredentialStillHolds() {
        String email = newUser();
        String token = tokenOf(email);
        String sid = claimsOf(token).path("sid").asString();

        assertThat(ok(status(token, sid, email)).path("active").asBoolean()).isTrue();
        assertThat(ok(status(token, sid, email)).path("roles").valueStream().map(JsonNode::asString))
                .containsExactly("user");
        assertThat(ok(status(service(), sid, email)).path("active").asBoolean()).isTrue();

        delete("/api/v1/users/" + email, administrator()).expectStatus().isNoContent();

        assertThat(ok(status(token, sid, email)).path("active").asBoolean()).isFalse();
        assertThat(ok(status(service(), sid, email)).path("active").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"s-", "s-6b0183990000000000001001", "k-1", "b-1", "x-1", "", "$ne"})
    void callsACredentialEndedThatItDoesNotKnow(String sid) {
        assertThat(ok(status(service(), sid, ADMINISTRATOR)).path("active").asBoolean())
                .isFalse();
    }

    @Test
    void tellsATokenOnlyAboutItself() {
        String token = tokenOf(newUser());
        String sid = claimsOf(token).path("sid").asString();

        status(token, sid, ADMINISTRATOR).expectStatus().isForbidden();
        status(token, "s-6b0183990000000000001001", claimsOf(token).path("sub").asString())
                .expectStatus()
                .isForbidden();
        status("not.a.token", sid, ADMINISTRATOR).expectStatus().isUnauthorized();
        auth().http()
                .post()
                .uri("/internal/credentials/status")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("sid", sid, "sub", ADMINISTRATOR))
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }

    private WebTestClient.ResponseSpec status(String token, String sid, String sub) {
        return post("/internal/credentials/status", token, Map.of("sid", sid, "sub", sub));
    }

    private static String service() {
        return PROJECTS.tokens().service("dataset-service", "auth-service");
    }
}
