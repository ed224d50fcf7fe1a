package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** The bots of a project, over HTTP and on a database. */
abstract class BotsContract extends WithTokens {

    private String project = "";
    private String owner = "";

    @BeforeEach
    void newProject() {
        project = new ObjectId().toHexString();
        String email = newUser();
        PROJECTS.put(project, email, "owner");
        owner = tokenOf(email);
    }

    @Test
    void makesABotThatSignsInWithItsSecret() {
        JsonNode bot = AuthClient.json(post(bots(), owner, Map.of("name", "night shift"))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store"));

        JsonNode session = signedIn(bot);

        String token = session.path("id_token").asString();
        assertThat(claimsOf(token).path("sid").asString()).startsWith("b-");
        assertThat(claimsOf(token).path("projects").get(0).asString()).isEqualTo(project);
        JsonNode me = ok(get("/api/v1/users/me", token));
        assertThat(me.path("type").asString()).isEqualTo("bot");
        assertThat(me.path("email")).isEqualTo(bot.path("email"));
        assertThat(me.path("firstName").asString()).isEqualTo("night shift");
    }

    @Test
    void makesAnEngineerOfItUnlessAnotherRoleIsAskedFor() {
        JsonNode engineer = make(Map.of());
        JsonNode annotator = make(Map.of("role", "annotator"));

        assertThat(PROJECTS.membersOf(project))
                .containsEntry(engineer.path("email").asString(), "engineer")
                .containsEntry(annotator.path("email").asString(), "annotator");
    }

    @Test
    void listsTheBotsOfAProjectWithoutTheirSecrets() {
        JsonNode bot = make(Map.of());

        JsonNode list = ok(get(bots(), owner));
        JsonNode one = ok(get(path(bot), owner));

        assertThat(list.isArray()).isTrue();
        assertThat(list.size()).isOne();
        assertThat(list.get(0)).isEqualTo(one);
        assertThat(one.propertyNames())
                .contains("id", "email", "firstName", "lastName", "username", "avatar", "role", "org", "createdAt")
                .doesNotContain("secret");
        assertThat(one.path("type").asString()).isEqualTo("bot");
        assertThat(one.path("role").asString()).isEqualTo("engineer");
        assertThat(ok(get(bots() + "/" + bot.path("email").asString(), owner))).isEqualTo(one);
    }

    @Test
    void keepsTheDigestOfTheSecretOnly() {
        JsonNode bot = make(Map.of());

        assertThat(stored("bots", bot.path("id").asString()).toJson())
                .doesNotContain(bot.path("secret").asString());
    }

    @Test
    void takesNothingThatOnlyTheServiceMaySay() {
        Map<String, Object> body = new HashMap<>(Map.of(
                "id",
                "6b0183990000000000009999",
                "email",
                "admin@sluice.local",
                "secret",
                "known",
                "secretDigest",
                "0",
                "secretId",
                "0",
                "projectId",
                "6b0183990000000000008888",
                "createdBy",
                "somebody@example.org",
                "roles",
                List.of("administrator"),
                "type",
                "user"));

        JsonNode bot = make(body);

        assertThat(bot.path("id").asString()).isNotEqualTo("6b0183990000000000009999");
        assertThat(bot.path("email").asString()).endsWith("@bots.sluice.local");
        assertThat(bot.path("projectId").asString()).isEqualTo(project);
        assertThat(bot.path("creator").asString()).startsWith("ann-");
        assertThat(bot.path("secret").asString()).hasSize(43);
        assertThat(claimsOf(signedIn(bot).path("id_token").asString())
                        .path("roles")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactly("user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"engineer", "annotationManager", "annotator"})
    void letsOwnersOnlyManageBots(String role) {
        JsonNode bot = make(Map.of());
        String email = newUser();
        PROJECTS.put(project, email, role);
        String token = tokenOf(email);

        post(bots(), token, Map.of()).expectStatus().isForbidden();
        get(bots(), token).expectStatus().isForbidden();
        get(path(bot), token).expectStatus().isForbidden();
        post(path(bot) + "/rotate", token, Map.of()).expectStatus().isForbidden();
        delete(path(bot), token).expectStatus().isForbidden();
    }

    @Test
    void hidesBotsFromWhoIsNoMemberAsIfThereWereNoProject() {
        JsonNode bot = make(Map.of());
        String unknown = "/api/v1/projects/" + new ObjectId().toHexString() + "/bots";

        for (String token : List.of(tokenOf(newUser()), administrator())) {
            JsonNode hidden = AuthClient.json(get(bots(), token).expectStatus().isNotFound());
            JsonNode missing =
                    AuthClient.json(get(unknown, token).expectStatus().isNotFound());
            assertThat(hidden.path("message")).isEqualTo(missing.path("message"));
            delete(path(bot), token).expectStatus().isNotFound();
            post(bots(), token, Map.of()).expectStatus().isNotFound();
        }
        signedIn(bot);
    }

    @Test
    void findsNoBotOfAnotherProject() {
        JsonNode bot = make(Map.of());
        String elsewhere = new ObjectId().toHexString();
        PROJECTS.put(elsewhere, claimsOf(owner).path("sub").asString(), "owner");
        String path =
                "/api/v1/projects/" + elsewhere + "/bots/" + bot.path("id").asString();

        get(path, owner).expectStatus().isNotFound();
        post(path + "/rotate", owner, Map.of()).expectStatus().isNotFound();
        delete(path, owner).expectStatus().isNotFound();
        signedIn(bot);
    }

    @Test
    void keepsABotSignedInThatHasForgottenItsSecret() {
        JsonNode bot = make(Map.of("scopes", List.of("items:read")));
        String refreshToken = signedIn(bot).path("refresh_token").asString();

        String token = ok(auth().refresh(refreshToken)).path("id_token").asString();

        assertThat(claimsOf(token).path("sub")).isEqualTo(bot.path("email"));
        assertThat(claimsOf(token).path("projects").get(0).asString()).isEqualTo(project);
        assertThat(claimsOf(token).path("scope").asString()).isEqualTo("items:read");
    }

    @Test
    void endsTheOldSecretAndItsTokensWithANewOne() {
        JsonNode bot = make(Map.of());
        JsonNode session = signedIn(bot);
        String token = session.path("id_token").asString();
        isIn(token);

        JsonNode rotated = ok(post(path(bot) + "/rotate", owner, Map.of()));

        assertThat(rotated.path("email")).isEqualTo(bot.path("email"));
        signIn(bot).expectStatus().isUnauthorized();
        auth().refresh(session.path("refresh_token").asString()).expectStatus().isUnauthorized();
        isIn(signedIn(rotated).path("id_token").asString());
        isSoonOut(token);
    }

    @Test
    void endsTheBotsOfAProjectThatIsDeleted() {
        JsonNode bot = make(Map.of());
        String elsewhere = new ObjectId().toHexString();
        PROJECTS.put(elsewhere, claimsOf(owner).path("sub").asString(), "owner");
        JsonNode other = ok(post("/api/v1/projects/" + elsewhere + "/bots", owner, Map.of()));
        String path = "/internal/projects/" + project + "/bots";

        delete(path, owner).expectStatus().isForbidden();
        for (int repeated = 0; repeated < 2; repeated++) {
            delete(path, PROJECTS.tokens().service("dataset-service", "auth-service"))
                    .expectStatus()
                    .isNoContent();
        }

        signIn(bot).expectStatus().isUnauthorized();
        signedIn(other);
    }

    @Test
    void endsADeletedBot() {
        JsonNode bot = make(Map.of());
        JsonNode session = signedIn(bot);
        String token = session.path("id_token").asString();
        isIn(token);

        delete(path(bot), owner).expectStatus().isNoContent();

        signIn(bot).expectStatus().isUnauthorized();
        auth().refresh(session.path("refresh_token").asString()).expectStatus().isUnauthorized();
        delete(path(bot), owner).expectStatus().isNotFound();
        assertThat(PROJECTS.membersOf(project))
                .doesNotContainKey(bot.path("email").asString());
        isSoonOut(token);
    }

    @Test
    void leavesNothingOfABotThatCouldNotBecomeAMember() {
        PROJECTS.withoutAnswer(
                () -> post(bots(), owner, Map.of()).expectStatus().isEqualTo(HttpStatus.SERVICE_UNAVAILABLE));

        assertThat(ok(get(bots(), owner)).size()).isZero();
    }

    @Test
    void letsABotDoNothingButWorkInItsProject() {
        String token = signedIn(make(Map.of())).path("id_token").asString();

        post("/api/v1/apiKeys", token, Map.of()).expectStatus().isForbidden();
        post(bots(), token, Map.of()).expectStatus().isForbidden();
        get("/api/v1/users", token).expectStatus().isForbidden();
        patch("/api/v1/users/me", token, Map.of("firstName", "Eve"))
                .expectStatus()
                .isForbidden();
        change(HttpMethod.POST, "/api/v1/users/me/password", token, Map.of())
                .expectStatus()
                .isForbidden();
    }

    @Test
    void narrowsABotToScopes() {
        JsonNode bot = make(Map.of("scopes", List.of("items:read")));

        assertThat(claimsOf(signedIn(bot).path("id_token").asString())
                        .path("scope")
                        .asString())
                .isEqualTo("items:read");
    }

    @Test
    void refusesAWrongSecretInTheWordsForAWrongPassword() {
        JsonNode bot = make(Map.of());
        String email = bot.path("email").asString();

        JsonNode wrong = AuthClient.json(
                auth().signIn(email, "not the secret").expectStatus().isUnauthorized());

        assertThat(wrong.path("message").asString()).isEqualTo("Wrong user name or password");
    }

    @Test
    void namesTheFieldThatMakesABotInvalid() {
        expectInvalid(post(bots(), owner, Map.of("name", "x".repeat(101))), "name");
        expectInvalid(post(bots(), owner, Map.of("role", "root")), "role");
        expectInvalid(post(bots(), owner, Map.of("scopes", List.of())), "scopes");
        assertThat(ok(get(bots(), owner)).size()).isZero();
    }

    @Test
    void tellsOtherServicesTheNamesOfBots() {
        JsonNode bot = make(Map.of("name", "night shift"));

        JsonNode known = ok(post(
                "/internal/users/query",
                PROJECTS.tokens().service("dataset-service", "auth-service"),
                Map.of("emails", List.of(bot.path("email").asString()))));

        assertThat(known.get(0).path("firstName").asString()).isEqualTo("night shift");
    }

    private String bots() {
        return "/api/v1/projects/" + project + "/bots";
    }

    private String path(JsonNode bot) {
        return bots() + "/" + bot.path("id").asString();
    }

    private JsonNode make(Map<String, ? extends @Nullable Object> body) {
        return ok(post(bots(), owner, body));
    }

    private WebTestClient.ResponseSpec signIn(JsonNode bot) {
        return auth().signIn(bot.path("email").asString(), bot.path("secret").asString());
    }

    private JsonNode signedIn(JsonNode bot) {
        return AuthClient.json(signIn(bot).expectStatus().isOk());
    }
}
