package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.sluice.authservice.session.Machines;
import io.sluice.authservice.session.UserTokens.Holder;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The authorization server and the sign-in page, over HTTP and on a database. */
@TestPropertySource(properties = "auth-service.signing-keys.secret=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
@Import(OAuthApiContract.Robot.class)
abstract class OAuthApiContract extends WithTokens {

    private static final String ROBOT = "robot+1@example.org";
    private static final String SECRET = "a secret: with % and + and ü";
    private static final String CLIENT = "sluice";
    private static final String REDIRECT = "http://127.0.0.1:51234/callback";
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private static final Pattern PROOF = Pattern.compile("name=\"proof\" value=\"([A-Za-z0-9_-]{43})\"");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private int port;
    private AuthClient auth = AuthClient.of(0);
    private ReactiveMongoTemplate mongo;
    private String email = "";

    /** A machine with a secret, that may only read. */
    @TestConfiguration
    static class Robot {

        @Bean
        Machines robot() {
            Holder holder =
                    new Holder("b-1", ROBOT, "Robot", List.of("user"), Set.of("items:read", "datasets:read"), null);
            return new Machines() {
                @Override
                public Mono<Holder> authenticate(String id, String secret) {
                    return find(id).filter(known -> secret.equals(SECRET));
                }

                @Override
                public Mono<Holder> find(String email) {
                    return email.equals(ROBOT) ? Mono.just(holder) : Mono.empty();
                }
            };
        }
    }

    @BeforeEach
    void signUp() {
        auth = auth();
        port = port();
        mongo = mongo();
        email = newUser();
    }

    // Discovery

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"})
    void tellsClientsWhereEverythingIs(String path) {
        JsonNode document = AuthClient.json(
                auth.http().get().uri(path).exchange().expectStatus().isOk());

        String gate = "http://127.0.0.1:" + port;
        assertThat(document.path("issuer").asString()).isEqualTo(gate);
        for (String endpoint : List.of(
                "authorization_endpoint",
                "token_endpoint",
                "revocation_endpoint",
                "introspection_endpoint",
                "jwks_uri")) {
            assertThat(document.path(endpoint).asString()).startsWith(gate + "/");
        }
        assertThat(document.path("code_challenge_methods_supported").toString()).isEqualTo("[\"S256\"]");
        assertThat(document.path("grant_types_supported").size()).isEqualTo(3);
    }

    // Machines

    @Test
    void givesAMachineATokenForItsSecretInTheHeaderOrInTheBody() {
        String basic = Base64.getEncoder().encodeToString((ROBOT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));

        JsonNode byHeader = AuthClient.json(grant(Map.of("grant_type", "client_credentials"), "Basic " + basic)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store"));
        JsonNode byBody = AuthClient.json(
                grant(Map.of("grant_type", "client_credentials", "client_id", ROBOT, "client_secret", SECRET))
                        .expectStatus()
                        .isOk());

        assertThat(byHeader.propertyNames())
                .containsExactlyInAnyOrder("access_token", "token_type", "expires_in", "scope");
        assertThat(byHeader.path("token_type").asString()).isEqualTo("Bearer");
        for (JsonNode reply : List.of(byHeader, byBody)) {
            Claims claims = claims(reply.path("access_token").asString());
            assertThat(claims.getSubject()).isEqualTo(ROBOT);
            assertThat(claims.get("sid")).isEqualTo("b-1");
            assertThat(claims.get("scope")).isEqualTo("datasets:read items:read");
        }
    }

    @Test
    void narrowsATokenToWhatTheMachineAsksFor() {
        Map<String, String> wanted =
                new HashMap<>(Map.of("grant_type", "client_credentials", "client_id", ROBOT, "client_secret", SECRET));

        wanted.put("scope", "items:read");
        JsonNode reply = AuthClient.json(grant(wanted).expectStatus().isOk());
        assertThat(claims(reply.path("access_token").asString()).get("scope")).isEqualTo("items:read");

        wanted.put("scope", "items:read items:write");
        expectError(grant(wanted), 400, "invalid_scope");
        wanted.put("scope", "everything");
        expectError(grant(wanted), 400, "invalid_scope");
    }

    @Test
    void refusesAMachineThatDoesNotProveItself() {
        WebTestClient.ResponseSpec wrong = grant(
                Map.of("grant_type", "client_credentials", "client_id", ROBOT, "client_secret", "not the secret"));

        wrong.expectHeader().valueMatches(HttpHeaders.WWW_AUTHENTICATE, "Basic .*");
        expectError(wrong, 401, "invalid_client");
        expectError(grant(Map.of("grant_type", "client_credentials")), 401, "invalid_client");
        expectError(grant(Map.of("grant_type", "client_credentials"), "Basic !!!"), 400, "invalid_request");
        expectError(
                grant(
                        Map.of("grant_type", "client_credentials", "client_id", ROBOT, "client_secret", SECRET),
                        "Basic " + Base64.getEncoder().encodeToString("a:b".getBytes(StandardCharsets.UTF_8))),
                400,
                "invalid_request");
    }

    @Test
    void signsAMachineInAsTheSdkDoes() {
        JsonNode reply = auth.signedIn(ROBOT, SECRET);

        assertThat(claims(reply.path("id_token").asString()).getSubject()).isEqualTo(ROBOT);
        JsonNode again =
                AuthClient.json(auth.refresh(reply.path("refresh_token").asString())
                        .expectStatus()
                        .isOk());
        Claims claims = claims(again.path("id_token").asString());
        assertThat(claims.getSubject()).isEqualTo(ROBOT);
        assertThat(claims.get("sid")).isEqualTo("b-1");
        assertThat(claims.get("scope")).isEqualTo("datasets:read items:read");
    }

    @Test
    void refusesRequestsThatMakeNoSense() {
        expectError(grant(Map.of()), 400, "invalid_request");
        expectError(grant(Map.of("grant_type", "password")), 400, "unsupported_grant_type");
        expectError(grant(Map.of("grant_type", "refresh_token")), 400, "invalid_request");
        MultiValueMap<String, String> twice = new LinkedMultiValueMap<>();
        twice.add("grant_type", "client_credentials");
        twice.add("grant_type", "refresh_token");
        expectError(form("/oauth2/token", twice).exchange(), 400, "invalid_request");
    }

    // Codes

    @Test
    void signsInThroughABrowserWithACodeAndPkce() {
        Map<String, String> answer = query(agreed(authorization("openid email items:read")));

        assertThat(answer).containsEntry("state", "a b&c").containsEntry("iss", "http://127.0.0.1:" + port);
        JsonNode reply = AuthClient.json(
                exchange(in(answer, "code"), VERIFIER).expectStatus().isOk());

        assertThat(reply.path("scope").asString()).isEqualTo("openid email items:read");
        Claims access = claims(reply.path("access_token").asString());
        assertThat(access.getSubject()).isEqualTo(email);
        assertThat(String.valueOf(access.get("sid"))).startsWith("s-");
        assertThat(access.get("scope")).isEqualTo("email items:read openid");
        Claims identity = claims(reply.path("id_token").asString());
        assertThat(identity.getIssuer()).isEqualTo("http://127.0.0.1:" + port);
        assertThat(identity.getAudience()).containsExactly(CLIENT);
        assertThat(identity.get("nonce")).isEqualTo("n-1");
        assertThat(identity.get("email")).isEqualTo(email);
        auth.get("/api/v1/users/me", reply.path("id_token").asString())
                .expectStatus()
                .isUnauthorized();
    }

    @Test
    void givesATokenForEverythingToWhoNamesNoScope() {
        JsonNode reply = signedInByCode();

        assertThat(claims(reply.path("access_token").asString())).doesNotContainKey("scope");
        assertThat(reply.has("id_token")).isFalse();
        auth.get("/api/v1/users/me", reply.path("access_token").asString())
                .expectStatus()
                .isOk();
    }

    @Test
    void takesACodeOnceAndEndsTheSessionOfACodeThatIsUsedAgain() {
        String code = code();
        JsonNode reply = AuthClient.json(exchange(code, VERIFIER).expectStatus().isOk());

        expectError(exchange(code, VERIFIER), 400, "invalid_grant");

        expectError(refresh(reply.path("refresh_token").asString()), 400, "invalid_grant");
    }

    @Test
    void takesACodeOnceOfManyAtOnceAndLeavesNoSession() {
        String code = code();

        List<HttpStatus> statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(i -> HttpStatus.valueOf(exchange(code, VERIFIER)
                        .returnResult(Void.class)
                        .getStatus()
                        .value()))
                .toList();

        assertThat(statuses).filteredOn(HttpStatus::is2xxSuccessful).hasSizeLessThanOrEqualTo(1);
        assertThat(sessions()).isZero();
    }

    @Test
    void refusesACodeToWhoDoesNotKnowTheVerifier() {
        String code = code();

        expectError(exchange(code, "x".repeat(43)), 400, "invalid_grant");
        expectError(exchange(code, "short"), 400, "invalid_grant");
        expectError(exchange("nothing-like-a-code", VERIFIER), 400, "invalid_grant");
        exchange(code, VERIFIER).expectStatus().isOk();
    }

    @ParameterizedTest
    @CsvSource({
        "client_id,another",
        "redirect_uri,http://127.0.0.1:51235/callback",
        "redirect_uri,http://127.0.0.1/callback"
    })
    void refusesACodeToAnotherClientOrForAnotherAddress(String name, String value) {
        Map<String, String> exchange = exchangeOf(code(), VERIFIER);
        exchange.put(name, value);

        expectError(grant(exchange), 400, "invalid_grant");
    }

    @Test
    void refusesACodeThatHasExpired() {
        String code = code();
        mongo.updateMulti(new Query(), Update.update("expiresAt", Instant.now().minusSeconds(1)), "authorization_codes")
                .block(PATIENCE);

        expectError(exchange(code, VERIFIER), 400, "invalid_grant");
    }

    @ParameterizedTest
    @CsvSource({
        "response_type,token,unsupported_response_type",
        "code_challenge_method,plain,invalid_request",
        "code_challenge_method,'',invalid_request",
        "code_challenge,'',invalid_request",
        "code_challenge,short,invalid_request",
        "scope,everything,invalid_scope",
        "prompt,none,login_required"
    })
    void sendsAClientBackWithWhatIsWrong(String name, String value, String error) {
        Map<String, String> wanted = authorization("openid");
        wanted.put(name, value);

        URI back = Objects.requireNonNull(auth.http()
                .get()
                .uri(authorize(wanted))
                .exchange()
                .expectStatus()
                .isSeeOther()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getLocation());

        assertThat(back.toString()).startsWith(REDIRECT + "?");
        assertThat(query(back)).containsEntry("error", error).containsEntry("state", "a b&c");
    }

    @ParameterizedTest
    @CsvSource({
        "client_id,another",
        "client_id,''",
        "redirect_uri,''",
        "redirect_uri,https://evil.example/callback",
        "redirect_uri,http://127.0.0.1:51234/elsewhere",
        "redirect_uri,http://127.0.0.1.evil.example/callback",
        "redirect_uri,http://127.0.0.1:51234@evil.example/callback"
    })
    void sendsNobodyToAnAddressThatIsNotRegistered(String name, String value) {
        Map<String, String> wanted = authorization("openid");
        wanted.put(name, value);

        auth.http()
                .get()
                .uri(authorize(wanted))
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .doesNotExist(HttpHeaders.LOCATION)
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo(name);
    }

    // Refreshing

    @Test
    void givesANewRefreshTokenForEachAndTheSameOneToWhoAsksAgain() {
        String first = signedInByCode().path("refresh_token").asString();

        String second = refreshed(first);
        String secondAgain = refreshed(first);
        String third = refreshed(second);

        assertThat(second).isNotEqualTo(first).isEqualTo(secondAgain);
        assertThat(third).isNotEqualTo(second);
    }

    @Test
    void endsTheFamilyOfARefreshTokenThatIsUsedAgain() {
        JsonNode reply = signedInByCode();
        String first = reply.path("refresh_token").asString();
        String third = refreshed(refreshed(first));

        expectError(refresh(first), 400, "invalid_grant");
        expectError(refresh(third), 400, "invalid_grant");
        assertThat(sessions()).isZero();
    }

    @Test
    void hasOneLiveFamilyAfterFiftyParallelRefreshes() {
        String first = signedInByCode().path("refresh_token").asString();

        Set<String> successors = IntStream.range(0, 50)
                .parallel()
                .mapToObj(i -> refreshed(first))
                .collect(Collectors.toSet());

        assertThat(successors).hasSize(1);
        assertThat(sessions()).isEqualTo(1);
        refreshed(successors.iterator().next());
    }

    @Test
    void keepsTheTokensOfTheSdkAndOfClientsApart() {
        String ofSdk = auth.signedIn(email, PASSWORD).path("refresh_token").asString();
        String ofClient = signedInByCode().path("refresh_token").asString();

        expectError(refresh(ofSdk), 400, "invalid_grant");
        auth.refresh(ofClient).expectStatus().isUnauthorized();
        auth.refresh(ofSdk).expectStatus().isOk();
        refreshed(ofClient);
    }

    @Test
    void narrowsARefreshedTokenButNeverWidensIt() {
        String first = AuthClient.json(exchange(
                                in(query(agreed(authorization("items:read items:write"))), "code"), VERIFIER)
                        .expectStatus()
                        .isOk())
                .path("refresh_token")
                .asString();
        Map<String, String> narrower = refreshOf(first);
        narrower.put("scope", "items:read");

        JsonNode reply = AuthClient.json(grant(narrower).expectStatus().isOk());
        assertThat(claims(reply.path("access_token").asString()).get("scope")).isEqualTo("items:read");

        Map<String, String> wider = refreshOf(reply.path("refresh_token").asString());
        wider.put("scope", "items:read users:write");
        expectError(grant(wider), 400, "invalid_grant");
    }

    // Revoking and introspecting

    @ParameterizedTest
    @ValueSource(strings = {"refresh_token", "access_token"})
    void endsTheSessionOfARevokedToken(String which) {
        JsonNode reply = signedInByCode();

        revoke(reply.path(which).asString()).expectStatus().isOk();

        expectError(refresh(reply.path("refresh_token").asString()), 400, "invalid_grant");
        assertThat(introspected(reply.path("access_token").asString())).isEqualTo("{\"active\":false}");
        assertThat(introspected(reply.path("refresh_token").asString())).isEqualTo("{\"active\":false}");
    }

    @Test
    void isContentWithARevokedTokenThatWasNoneOrIsOver() {
        revoke("nothing").expectStatus().isOk();
        revoke("a.b.c").expectStatus().isOk();
        expectError(form("/oauth2/revoke", new LinkedMultiValueMap<>()).exchange(), 400, "invalid_request");
    }

    @Test
    void tellsAMachineAboutATokenThatIsGood() {
        JsonNode reply = signedInByCode();

        JsonNode access = AuthClient.json(
                introspect(reply.path("access_token").asString()).expectStatus().isOk());
        JsonNode refresh =
                AuthClient.json(introspect(reply.path("refresh_token").asString())
                        .expectStatus()
                        .isOk());

        assertThat(access.path("active").asBoolean()).isTrue();
        assertThat(access.path("sub").asString()).isEqualTo(email);
        assertThat(access.path("username").asString()).isEqualTo(email);
        assertThat(access.path("token_type").asString()).isEqualTo("Bearer");
        assertThat(access.path("exp").asLong()).isGreaterThan(Instant.now().getEpochSecond());
        assertThat(refresh.path("active").asBoolean()).isTrue();
        assertThat(refresh.path("sub").asString()).isEqualTo(email);
    }

    @Test
    void tellsNothingToWhoDoesNotSayWhoTheyAre() {
        String token = signedInByCode().path("access_token").asString();

        expectError(form("/oauth2/introspect", one("token", token)).exchange(), 401, "invalid_client");
        expectError(
                form("/oauth2/introspect", one("token", token))
                        .header(HttpHeaders.AUTHORIZATION, "Bearer no.token.atall")
                        .exchange(),
                401,
                "invalid_client");
        form("/oauth2/introspect", one("token", token))
                .header(HttpHeaders.AUTHORIZATION, "Bearer " + token)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void signsOutEverywhere() {
        String ofSdk = auth.signedIn(email, PASSWORD).path("refresh_token").asString();
        JsonNode reply = signedInByCode();
        String token = reply.path("access_token").asString();
        auth.get("/api/v1/users/me/sessions", token)
                .expectBody()
                .jsonPath("$.length()")
                .isEqualTo(2);

        auth.http()
                .delete()
                .uri("/api/users/me/sessions")
                .headers(headers -> headers.setBearerAuth(token))
                .exchange()
                .expectStatus()
                .isNoContent();

        auth.refresh(ofSdk).expectStatus().isUnauthorized();
        expectError(refresh(reply.path("refresh_token").asString()), 400, "invalid_grant");
        assertThat(sessions()).isZero();
    }

    // Keys

    @Test
    void makesTheNextKeyForAnAdministratorOnly() {
        auth.post("/oauth2/keys", auth.idToken(email, PASSWORD), Map.of())
                .expectStatus()
                .isForbidden();
        auth.http().post().uri("/oauth2/keys").exchange().expectStatus().isUnauthorized();
        String before = auth.idToken(email, PASSWORD);

        JsonNode next = AuthClient.json(auth.post("/oauth2/keys", administrator(), Map.of())
                .expectStatus()
                .isCreated());

        assertThat(published(next.path("keyId").asString()).toKey()).isNotNull();
        auth.get("/api/v1/users/me", before).expectStatus().isOk();
    }

    // The page

    @Test
    void showsAPageThatNeedsNoScriptAndLetsNoneRun() {
        EntityExchangeResult<byte[]> page = login("http://localhost:3001", "&domain=example.org");
        String html = body(page);
        HttpHeaders headers = page.getResponseHeaders();

        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<html lang=\"en\">", "name=\"viewport\"", "<label for=\"username\">", "localhost:3001")
                .contains("autocomplete=\"current-password\"")
                .doesNotContain("<script", "http://www", "https://");
        assertThat(headers.getFirst("Content-Security-Policy"))
                .startsWith("default-src 'none';")
                .contains("form-action 'self' http://localhost:3001;", "frame-ancestors 'none'");
        assertThat(headers.getCacheControl()).isEqualTo("no-store");
        assertThat(headers.getFirst("X-Frame-Options")).isEqualTo("DENY");
        assertThat(headers.getFirst("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(headers.getFirst(HttpHeaders.SET_COOKIE)).containsIgnoringCase("HttpOnly; SameSite=Lax");
    }

    @Test
    void sendsTheBrowserBackToTheSdkWithAllThreeTokens() {
        URI back = Objects.requireNonNull(
                submitted("/login", "http://localhost:3001", login("http://localhost:3001", ""), email, PASSWORD)
                        .expectStatus()
                        .isSeeOther()
                        .returnResult(Void.class)
                        .getResponseHeaders()
                        .getLocation());

        assertThat(back.toString()).startsWith("http://localhost:3001?");
        Map<String, String> answer = query(back);
        assertThat(answer).containsOnlyKeys("id_token", "access_token", "refresh_token");
        auth.get("/api/v1/users/me", in(answer, "id_token")).expectStatus().isOk();
        auth.refresh(in(answer, "refresh_token")).expectStatus().isOk();
    }

    @Test
    void showsThePageAgainAfterAWrongPassword() {
        EntityExchangeResult<byte[]> again = submitted(
                        "/login", "http://localhost:3001", login("http://localhost:3001", ""), email, "<b>wrong</b>")
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectBody()
                .returnResult();

        assertThat(body(again))
                .contains("role=\"alert\"", "Wrong user name or password")
                .doesNotContain("<b>wrong");
    }

    @Test
    void takesNoFormThatIsNotFromItsPage() {
        EntityExchangeResult<byte[]> page = login("http://localhost:3001", "");
        String proof = proof(page);
        MultiValueMap<String, String> filled = filled("http://localhost:3001", proof, email, PASSWORD);

        form("/login", filled).exchange().expectStatus().isForbidden();
        form("/login", filled)
                .cookie("sluice-form", "x".repeat(43))
                .exchange()
                .expectStatus()
                .isForbidden();
        form("/login", filled)
                .cookie("sluice-form", proof)
                .exchange()
                .expectStatus()
                .isSeeOther();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "//evil.example",
                "http://localhost@evil.example",
                "http://localhost.evil.example",
                "http://localhost:3001\\@evil.example",
                "javascript:alert(1)",
                "\"><script>alert(1)</script>",
                ""
            })
    void isNoOpenRedirect(String callback) {
        auth.http()
                .get()
                .uri("/login?callback={callback}", callback)
                .accept(MediaType.TEXT_HTML)
                .exchange()
                .expectStatus()
                .isBadRequest();
        String proof = proof(login("http://localhost:3001", ""));
        form("/login", filled(callback, proof, email, PASSWORD))
                .cookie("sluice-form", proof)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .doesNotExist(HttpHeaders.LOCATION);
    }

    @Test
    void saysHowLongToWaitAfterManyWrongPasswords() {
        String address = "203.0.113." + (1 + (email.hashCode() & 127));
        for (int i = 0; i < 4; i++) {
            from(address, "wrong")
                    .expectStatus()
                    .isUnauthorized()
                    .expectHeader()
                    .doesNotExist("Retry-After");
        }
        from(address, "wrong").expectStatus().isUnauthorized().expectHeader().valueEquals("Retry-After", "1");
        mongo.updateMulti(new Query(), new Update().inc("failures", 10).set("lastAt", Instant.now()), "guesses")
                .block(PATIENCE);

        from(address, PASSWORD)
                .expectStatus()
                .isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
                .expectHeader()
                .exists("Retry-After");
        mongo.remove(new Query(), "guesses").block(PATIENCE);
        from("198.51.100.7", PASSWORD).expectStatus().isOk();
    }

    private WebTestClient.ResponseSpec from(String address, String password) {
        return auth.http()
                .post()
                .uri("/token?default")
                .header("X-Forwarded-For", address)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(Map.of("type", "user_credentials", "username", email, "password", password))
                .exchange();
    }

    // How it is asked

    private static Map<String, String> authorization(String scope) {
        Map<String, String> wanted = new HashMap<>(Map.of(
                "response_type", "code",
                "client_id", CLIENT,
                "redirect_uri", REDIRECT,
                "state", "a b&c",
                "nonce", "n-1",
                "code_challenge", challenge(),
                "code_challenge_method", "S256"));
        if (!scope.isEmpty()) {
            wanted.put("scope", scope);
        }
        return wanted;
    }

    /** Encoded already, so that nobody encodes it again. */
    private URI authorize(Map<String, String> wanted) {
        return URI.create("http://127.0.0.1:" + port + "/oauth2/authorize?" + encoded(wanted));
    }

    private static String challenge() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Where the browser is sent after somebody has signed in. */
    private URI agreed(Map<String, String> wanted) {
        EntityExchangeResult<byte[]> page = auth.http()
                .get()
                .uri(authorize(wanted))
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
        MultiValueMap<String, String> filled = new LinkedMultiValueMap<>();
        wanted.forEach(filled::add);
        filled.add("proof", proof(page));
        filled.add("username", email);
        filled.add("password", PASSWORD);
        return Objects.requireNonNull(form("/oauth2/authorize", filled)
                .cookie("sluice-form", cookie(page))
                .exchange()
                .expectStatus()
                .isSeeOther()
                .returnResult(Void.class)
                .getResponseHeaders()
                .getLocation());
    }

    private String code() {
        return in(query(agreed(authorization(""))), "code");
    }

    private JsonNode signedInByCode() {
        return AuthClient.json(exchange(code(), VERIFIER).expectStatus().isOk());
    }

    private WebTestClient.ResponseSpec exchange(String code, String verifier) {
        return grant(exchangeOf(code, verifier));
    }

    private static Map<String, String> exchangeOf(String code, String verifier) {
        return new HashMap<>(Map.of(
                "grant_type", "authorization_code",
                "code", code,
                "redirect_uri", REDIRECT,
                "client_id", CLIENT,
                "code_verifier", verifier));
    }

    private static Map<String, String> refreshOf(String token) {
        return new HashMap<>(Map.of("grant_type", "refresh_token", "refresh_token", token, "client_id", CLIENT));
    }

    private WebTestClient.ResponseSpec refresh(String token) {
        return grant(refreshOf(token));
    }

    private String refreshed(String token) {
        return AuthClient.json(refresh(token).expectStatus().isOk())
                .path("refresh_token")
                .asString();
    }

    private WebTestClient.ResponseSpec revoke(String token) {
        MultiValueMap<String, String> body = one("token", token);
        body.add("client_id", CLIENT);
        return form("/oauth2/revoke", body).exchange();
    }

    private WebTestClient.ResponseSpec introspect(String token) {
        return form("/oauth2/introspect", one("token", token))
                .headers(headers -> headers.setBasicAuth(ROBOT, SECRET, StandardCharsets.UTF_8))
                .exchange();
    }

    private String introspected(String token) {
        return AuthClient.json(introspect(token).expectStatus().isOk()).toString();
    }

    private WebTestClient.ResponseSpec grant(Map<String, String> body) {
        return grant(body, "");
    }

    private WebTestClient.ResponseSpec grant(Map<String, String> body, String authorization) {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        body.forEach(form::add);
        return form("/oauth2/token", form)
                .headers(headers -> {
                    if (!authorization.isEmpty()) {
                        headers.set(HttpHeaders.AUTHORIZATION, authorization);
                    }
                })
                .exchange();
    }

    private WebTestClient.RequestHeadersSpec<?> form(String path, MultiValueMap<String, String> body) {
        return auth.http()
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue(encoded(body));
    }

    private EntityExchangeResult<byte[]> login(String callback, String more) {
        return auth.http()
                .get()
                .uri("/login?callback=" + callback + more)
                .accept(MediaType.TEXT_HTML)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }

    private WebTestClient.ResponseSpec submitted(
            String path, String callback, EntityExchangeResult<byte[]> page, String username, String password) {
        return form(path, filled(callback, proof(page), username, password))
                .cookie("sluice-form", cookie(page))
                .exchange();
    }

    private static MultiValueMap<String, String> filled(
            String callback, String proof, String username, String password) {
        MultiValueMap<String, String> filled = one("callback", callback);
        filled.add("proof", proof);
        filled.add("username", username);
        filled.add("password", password);
        return filled;
    }

    private static MultiValueMap<String, String> one(String name, String value) {
        MultiValueMap<String, String> values = new LinkedMultiValueMap<>();
        values.add(name, value);
        return values;
    }

    private static String body(EntityExchangeResult<byte[]> result) {
        return new String(Objects.requireNonNull(result.getResponseBody()), StandardCharsets.UTF_8);
    }

    private static String proof(EntityExchangeResult<byte[]> page) {
        Matcher proof = PROOF.matcher(body(page));
        assertThat(proof.find()).isTrue();
        return proof.group(1);
    }

    private static String cookie(EntityExchangeResult<byte[]> page) {
        ResponseCookie cookie = page.getResponseCookies().getFirst("sluice-form");
        return Objects.requireNonNull(cookie).getValue();
    }

    private static String encoded(Map<String, String> values) {
        MultiValueMap<String, String> all = new LinkedMultiValueMap<>();
        values.forEach(all::add);
        return encoded(all);
    }

    private static String encoded(MultiValueMap<String, String> values) {
        return values.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream()
                        .map(value -> entry.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
    }

    private static Map<String, String> query(URI address) {
        return Arrays.stream(address.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private static String in(Map<String, String> answer, String name) {
        return Objects.requireNonNull(answer.get(name), name);
    }

    private static void expectError(WebTestClient.ResponseSpec response, int status, String error) {
        response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-store")
                .expectBody()
                .jsonPath("$.error")
                .isEqualTo(error)
                .jsonPath("$.error_description")
                .isNotEmpty()
                .jsonPath("$.message")
                .isNotEmpty();
    }

    private long sessions() {
        return Objects.requireNonNull(
                mongo.count(Query.query(Criteria.where("userId").is(email)), "sessions")
                        .block(PATIENCE));
    }

    private Claims claims(String token) {
        return Jwts.parser()
                .keyLocator(
                        header -> published(String.valueOf(header.get("kid"))).toKey())
                .build()
                .parseSignedClaims(token)
                .getPayload();
    }

    private Jwk<?> published(String keyId) {
        String document = AuthClient.json(
                        auth.http().get().uri("/.well-known/jwks.json").exchange())
                .toString();
        return Jwks.setParser().build().parse(document).getKeys().stream()
                .filter(key -> keyId.equals(key.getId()))
                .findFirst()
                .orElseThrow();
    }
}
