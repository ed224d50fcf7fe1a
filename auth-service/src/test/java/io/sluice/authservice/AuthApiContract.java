package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** What the service answers, over HTTP and on a database. */
abstract class AuthApiContract extends RunningAuthService {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static final Tokens PEERS = PROJECTS.tokens();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private HealthEndpointGroups health;

    // Signing in

    @Test
    void signsInWithEmailAndPassword() {
        JsonNode reply = auth().signedIn(ADMINISTRATOR, ADMINISTRATORS_PASSWORD);

        assertThat(reply.propertyNames())
                .containsExactlyInAnyOrder("id_token", "refresh_token", "access_token", "token_type", "expires_in");
        assertThat(reply.path("token_type").asString()).isEqualTo("Bearer");
        assertThat(reply.path("expires_in").asLong()).isEqualTo(3600);
    }

    @Test
    void givesTokensThatAnybodyCanCheckWithThePublishedKeys() {
        String token = administrator();

        Jws<Claims> checked = Jwts.parser()
                .keyLocator(header ->
                        publishedKey(String.valueOf(header.get("kid"))).toKey())
                .build()
                .parseSignedClaims(token);

        Claims claims = checked.getPayload();
        assertThat(checked.getHeader().getAlgorithm()).isEqualTo("RS256");
        assertThat(claims.getIssuer()).isEqualTo("auth-service");
        assertThat(claims.getAudience()).containsExactly("sluice");
        assertThat(claims.getSubject()).isEqualTo(ADMINISTRATOR);
        assertThat(claims.getId()).isNotEmpty();
        assertThat(claims)
                .containsEntry("email", ADMINISTRATOR)
                .containsEntry("name", "Administrator")
                .containsEntry("roles", List.of("administrator", "user"));
        assertThat(Duration.between(
                        claims.getIssuedAt().toInstant(), claims.getExpiration().toInstant()))
                .isEqualTo(Duration.ofHours(1));
    }

    @Test
    void keepsTokensOutOfCaches() {
        auth().signIn(ADMINISTRATOR, ADMINISTRATORS_PASSWORD)
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    @Test
    void readsEmailAddressesInAnyCase() {
        auth().signIn("Admin@Sluice.LOCAL", ADMINISTRATORS_PASSWORD)
                .expectStatus()
                .isOk();
    }

    @Test
    void refusesAWrongPasswordAndAnUnknownUserInTheSameWords() {
        JsonNode wrong = AuthClient.json(auth().signIn(ADMINISTRATOR, "not the password")
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer"));
        JsonNode unknown = AuthClient.json(auth().signIn(anyEmail(), "not the password")
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals(HttpHeaders.WWW_AUTHENTICATE, "Bearer"));

        assertThat(wrong).isEqualTo(unknown);
        assertThat(wrong.path("message").asString()).isEqualTo("Wrong user name or password");
    }

    /**
     * An unknown user who is refused without the hash would be refused ten times faster, however often one tries: the fastest
     * attempts of a busy machine come together in the end, unless one of them has less to do.
     */
    @Test
    void takesItsTimeForAnUnknownUser() {
        AtomicReference<Duration> wrong = new AtomicReference<>(LONG);
        AtomicReference<Duration> unknown = new AtomicReference<>(LONG);

        await().atMost(LONG).pollInterval(Duration.ZERO).untilAsserted(() -> {
            Duration fastestWrong = wrong.accumulateAndGet(refused(newUser()), AuthApiContract::shorter);
            Duration fastestUnknown = unknown.accumulateAndGet(refused(anyEmail()), AuthApiContract::shorter);
            assertThat(fastestUnknown.multipliedBy(3)).isGreaterThan(fastestWrong);
            assertThat(fastestWrong.multipliedBy(3)).isGreaterThan(fastestUnknown);
        });
    }

    private Duration refused(String username) {
        long start = System.nanoTime();
        auth().signIn(username, "not the password").expectStatus().isUnauthorized();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Test
    void namesTheFieldThatASignInLacks() {
        expectInvalid(auth().token(Map.of()), "type");
        expectInvalid(auth().token(Map.of("type", "password")), "type");
        expectInvalid(auth().token(Map.of("type", "user_credentials", "password", PASSWORD)), "username");
        expectInvalid(auth().token(Map.of("type", "user_credentials", "username", ADMINISTRATOR)), "password");
        expectInvalid(auth().token(Map.of("type", "refresh_token")), "refresh_token");
    }

    @Test
    void namesTheFieldThatIsOfTheWrongType() {
        expectInvalid(
                auth().token(Map.of("type", "user_credentials", "username", 7, "password", PASSWORD)), "username");
        expectInvalid(auth().token(Map.of("type", "refresh_token", "refresh_token", List.of())), "refresh_token");
    }

    @Test
    void refusesWhatIsTooLongBeforeItCosts() {
        expectInvalid(auth().signIn(ADMINISTRATOR, "x".repeat(257)), "password");
        expectInvalid(auth().signIn("x".repeat(255), PASSWORD), "username");
        expectInvalid(auth().refresh("x".repeat(257)), "refresh_token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "\"text\"", "{\"type\":"})
    void refusesWhatIsNoSignIn(String body) {
        auth().http()
                .post()
                .uri("/token")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    @Test
    void refusesForms() {
        auth().http()
                .post()
                .uri("/token")
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue("username=a&password=b")
                .exchange()
                .expectStatus()
                .isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void signsInWhoSendsAnOldTokenAlong() {
        auth().http()
                .post()
                .uri("/token?default")
                .headers(headers -> headers.setBearerAuth("expired.long.ago"))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of(
                        "type", "user_credentials", "username", ADMINISTRATOR, "password", ADMINISTRATORS_PASSWORD))
                .exchange()
                .expectStatus()
                .isOk();
    }

    // Staying signed in

    @Test
    void givesNewTokensForTheSameRefreshTokenAgainAndAgain() {
        String refreshToken = refreshTokenOf(newUser());

        JsonNode first =
                AuthClient.json(auth().refresh(refreshToken).expectStatus().isOk());
        JsonNode second =
                AuthClient.json(auth().refresh(refreshToken).expectStatus().isOk());

        assertThat(first.has("refresh_token")).isFalse();
        assertThat(first.path("id_token")).isNotEqualTo(second.path("id_token"));
        auth().get("/api/v1/users/me", second.path("id_token").asString())
                .expectStatus()
                .isOk();
    }

    @Test
    void refusesARefreshTokenThatItNeverGave() {
        auth().refresh("x".repeat(43)).expectStatus().isUnauthorized();
    }

    @Test
    void refusesARefreshTokenThatHasExpired() {
        String email = newUser();
        String refreshToken = refreshTokenOf(email);
        Instant past = Instant.now().minusSeconds(1);

        mongo().updateMulti(sessionsOf(email), Update.update("expiresAt", past), "sessions")
                .block(PATIENCE);

        auth().refresh(refreshToken).expectStatus().isUnauthorized();
    }

    @Test
    void keepsNoRefreshToken() {
        String email = newUser();
        String refreshToken = refreshTokenOf(email);

        Document session = sessionOf(email);

        assertThat(session.toJson()).doesNotContain(refreshToken.substring(refreshToken.indexOf('.') + 1));
        assertThat(session.getString("secretDigest")).matches("[0-9a-f]{64}");
    }

    @Test
    void remembersWhenARefreshTokenWasUsed() {
        String email = newUser();
        String refreshToken = refreshTokenOf(email);
        Date longAgo = new Date(0);
        mongo().updateMulti(sessionsOf(email), Update.update("lastUsedAt", longAgo), "sessions")
                .block(PATIENCE);

        auth().refresh(refreshToken).expectStatus().isOk();

        Document session = sessionOf(email);
        assertThat(session.getDate("lastUsedAt")).isAfter(longAgo);
    }

    // Keys

    @Test
    void publishesTheKeysForEverybodyToKeepAMinute() {
        auth().http()
                .get()
                .uri("/.well-known/jwks.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "max-age=60, public, stale-if-error=300")
                .expectBody()
                .jsonPath("$.keys[0].kty")
                .isEqualTo("RSA")
                .jsonPath("$.keys[0].d")
                .doesNotExist();
    }

    // Users

    @Test
    void asksForATokenFirst() {
        auth().http().get().uri("/api/v1/users/me").exchange().expectStatus().isUnauthorized();
        auth().http().post().uri("/api/v1/users").exchange().expectStatus().isUnauthorized();
        auth().http()
                .post()
                .uri("/internal/users/query")
                .exchange()
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void refusesATokenThatSomebodyHasChanged() {
        String token = administrator();
        String changed = token.substring(0, token.length() - 10) + "AAAAAAAAAA";

        auth().get("/api/v1/users/me", changed).expectStatus().isUnauthorized();
    }

    @Test
    void showsWhoIsSignedIn() {
        String email = newUser();

        auth().get("/api/v1/users/me", auth().idToken(email, PASSWORD))
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-cache, private")
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(email)
                .jsonPath("$.email")
                .isEqualTo(email)
                .jsonPath("$.firstName")
                .isEqualTo("Ann")
                .jsonPath("$.createdAt")
                .isNumber()
                .jsonPath("$.passwordHash")
                .doesNotExist();
    }

    @Test
    void sendsAnUnchangedUserOnce() {
        String token = auth().idToken(newUser(), PASSWORD);
        String etag = auth().get("/api/v1/users/me", token)
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getETag();

        auth().http()
                .get()
                .uri("/api/v1/users/me")
                .headers(headers -> headers.setBearerAuth(token))
                .headers(headers -> headers.setIfNoneMatch(String.valueOf(etag)))
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectBody()
                .isEmpty();
    }

    @Test
    void makesAUserForAnAdministrator() {
        String email = anyEmail();

        auth().post("/api/v1/users", administrator(), wanted(email.toUpperCase(Locale.ROOT)))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .valueEquals(HttpHeaders.LOCATION, "http://127.0.0.1:" + port() + "/api/v1/users/" + email)
                .expectHeader()
                .exists(HttpHeaders.ETAG)
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(email)
                .jsonPath("$.password")
                .doesNotExist();

        auth().signIn(email, PASSWORD).expectStatus().isOk();
    }

    @Test
    void takesAUserWithoutNames() {
        String email = anyEmail();

        auth().post("/api/v1/users", administrator(), Map.of("email", email, "password", PASSWORD))
                .expectStatus()
                .isCreated()
                .expectBody()
                .jsonPath("$.firstName")
                .isEqualTo("")
                .jsonPath("$.lastName")
                .isEqualTo("");
    }

    @Test
    void storesThePasswordAsItsHashOnly() {
        String email = newUser();

        Document stored = mongo().findById(email, Document.class, "users")
                .blockOptional(PATIENCE)
                .orElseThrow();

        assertThat(stored.getString("passwordHash")).startsWith("$argon2id$");
        assertThat(stored.toJson()).doesNotContain(PASSWORD);
    }

    @Test
    void letsNobodyElseMakeUsers() {
        String token = auth().idToken(newUser(), PASSWORD);
        String email = anyEmail();

        auth().post("/api/v1/users", token, wanted(email)).expectStatus().isForbidden();
        auth().post("/api/v1/users", token, "{").expectStatus().isForbidden();

        auth().signIn(email, PASSWORD).expectStatus().isUnauthorized();
    }

    @Test
    void makesOnlyOneUserOfAnEmailAddress() {
        String email = newUser();
        Map<String, String> again = wanted(email.toUpperCase(Locale.ROOT));
        again.put("password", "another password");

        auth().post("/api/v1/users", administrator(), again)
                .expectStatus()
                .isEqualTo(HttpStatus.CONFLICT)
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo("email")
                .jsonPath("$.message")
                .isNotEmpty();

        auth().signIn(email, PASSWORD).expectStatus().isOk();
    }

    @ParameterizedTest
    @CsvSource({"email,ann", "email,''", "password,short", "firstName,A\u0007nn", "lastName,'Le\u0000e'", "email,7"})
    void namesTheFieldThatMakesAUserInvalid(String field, String value) {
        Map<String, Object> invalid = new HashMap<>(wanted(anyEmail()));
        invalid.put(field, value.equals("7") ? 7 : value);

        expectInvalid(auth().post("/api/v1/users", administrator(), invalid), field);
    }

    @ParameterizedTest
    @ValueSource(strings = {"email", "password"})
    void namesTheFieldThatAUserLacks(String field) {
        Map<String, String> lacking = wanted(anyEmail());
        lacking.remove(field);

        expectInvalid(auth().post("/api/v1/users", administrator(), lacking), field);
    }

    @ParameterizedTest
    @CsvSource({"email,255", "password,257", "firstName,101", "lastName,101", "firstName,1000000"})
    void refusesFieldsThatAreTooLong(String field, int length) {
        Map<String, String> tooLong = wanted(anyEmail());
        tooLong.put(field, "x".repeat(length));

        expectInvalid(auth().post("/api/v1/users", administrator(), tooLong), field);
    }

    @Test
    void refusesABodyThatIsTooLargeOrTooDeep() {
        String large = "{\"email\":\"" + "x".repeat(9 * 1024 * 1024) + "\"}";
        String deep = "{\"email\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}";

        auth().post("/api/v1/users", administrator(), large).expectStatus().isEqualTo(HttpStatus.CONTENT_TOO_LARGE);
        auth().post("/api/v1/users", administrator(), deep).expectStatus().isBadRequest();
    }

    @Test
    void showsAUserToThemselvesAndToAnAdministrator() {
        String email = newUser();

        auth().get("/api/v1/users/" + email, auth().idToken(email, PASSWORD))
                .expectStatus()
                .isOk();
        auth().get("/api/v1/users/" + email.toUpperCase(Locale.ROOT), administrator())
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.id")
                .isEqualTo(email);
    }

    @Test
    void hidesAUserFromOthersAsIfThereWereNone() {
        String token = auth().idToken(newUser(), PASSWORD);
        String other = newUser();
        String nobody = anyEmail();

        JsonNode hidden = AuthClient.json(
                auth().get("/api/v1/users/" + other, token).expectStatus().isNotFound());
        JsonNode missing = AuthClient.json(
                auth().get("/api/v1/users/" + nobody, token).expectStatus().isNotFound());

        assertThat(hidden.toString().replace(other, "?"))
                .isEqualTo(missing.toString().replace(nobody, "?"));
    }

    // Between services

    @Test
    void tellsAnotherServiceTheNamesOfUsers() {
        String email = newUser();
        Map<String, ?> query = Map.of("emails", List.of(email.toUpperCase(Locale.ROOT), anyEmail()));

        auth().post("/internal/users/query", PEERS.service("dataset-service", "auth-service"), query)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.length()")
                .isEqualTo(1)
                .jsonPath("$[0].email")
                .isEqualTo(email)
                .jsonPath("$[0].firstName")
                .isEqualTo("Ann")
                .jsonPath("$[0].lastName")
                .isEqualTo("Lee")
                .jsonPath("$[0].createdAt")
                .isNumber()
                .jsonPath("$[0].updatedAt")
                .isNumber()
                .jsonPath("$[0].passwordHash")
                .doesNotExist();
    }

    @Test
    void tellsNamesToServicesOnly() {
        Map<String, ?> query = Map.of("emails", List.of());

        auth().post("/internal/users/query", administrator(), query)
                .expectStatus()
                .isForbidden();
        auth().post("/internal/users/query", PEERS.service("dataset-service", "item-service"), query)
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void letsAServiceDoNothingElse() {
        String service = PEERS.service("dataset-service", "auth-service");

        auth().get("/api/v1/users/me", service).expectStatus().isForbidden();
        auth().post("/api/v1/users", service, wanted(anyEmail())).expectStatus().isForbidden();
    }

    @Test
    void tellsAtMostAThousandNamesAtOnce() {
        List<String> tooMany =
                IntStream.range(0, 1001).mapToObj(i -> i + "@example.org").toList();

        expectInvalid(
                auth().post(
                                "/internal/users/query",
                                PEERS.service("dataset-service", "auth-service"),
                                Map.of("emails", tooMany)),
                "emails");
    }

    // Around it

    @Test
    void isReadyOnceThereIsAnAdministrator() {
        assertThat(health.get("readiness"))
                .isNotNull()
                .satisfies(readiness -> assertThat(List.of("readinessState", "mongo", "indexes", "administrator"))
                        .allMatch(readiness::isMember));
        auth().http()
                .get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void describesItselfToTheDocumentationOfThePlatform() {
        auth().http()
                .get()
                .uri("/internal/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.paths['/token'].post.summary")
                .isNotEmpty()
                .jsonPath("$.paths['/api/v1/users/me'].get.parameters[*].in")
                .isEqualTo("header")
                .jsonPath("$.paths['/internal/users/query']")
                .doesNotExist()
                .jsonPath("$.paths['/api/v1/orgs'].post.parameters[?(@.name=='Idempotency-Key')].in")
                .isEqualTo("header")
                .jsonPath("$.paths['/token'].post.parameters")
                .doesNotExist()
                .jsonPath("$.components.securitySchemes.bearer.scheme")
                .isEqualTo("bearer");
    }

    @Test
    void tellsItsLimitsToTheGateway() {
        JsonNode limits =
                AuthClient.json(auth().http().get().uri("/internal/limits.json").exchange());

        assertThat(limits)
                .extracting(limit -> limit.path("name").asString() + " "
                        + limit.path("value").asLong() + " "
                        + limit.path("unit").asString())
                .contains(
                        "body 8388608 bytes",
                        "password 256 characters",
                        "api-keys 10 entries",
                        "organization-members 1000 entries",
                        "group-depth 8 levels",
                        "project-bots 100 entries",
                        "audit-query-time 10000 milliseconds",
                        "token-life 3600000 milliseconds");
    }

    private String refreshTokenOf(String email) {
        return auth().signedIn(email, PASSWORD).path("refresh_token").asString();
    }

    private Jwk<?> publishedKey(String keyId) {
        String document = AuthClient.json(
                        auth().http().get().uri("/.well-known/jwks.json").exchange())
                .toString();
        return Jwks.setParser().build().parse(document).getKeys().stream()
                .filter(key -> keyId.equals(key.getId()))
                .findFirst()
                .orElseThrow();
    }

    private Document sessionOf(String email) {
        return mongo().findOne(sessionsOf(email), Document.class, "sessions")
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    private static Query sessionsOf(String email) {
        return Query.query(Criteria.where("userId").is(email));
    }

    private static Map<String, String> wanted(String email) {
        return new HashMap<>(Map.of("email", email, "password", PASSWORD, "firstName", "Ann", "lastName", "Lee"));
    }
}
