package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.MovableNames;
import io.sluice.kit.testing.Outcome;
import io.sluice.kit.testing.Tokens;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.web.reactive.function.client.WebClientException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

class TokenVerifierTests {

    private static final String ANN = "ann@example.org";
    private static final LoopResources LOOPS = LoopResources.create("verifier");

    private final MovableClock clock = new MovableClock();

    @AfterAll
    static void stop() {
        LOOPS.dispose();
    }

    @Test
    void knowsTheUserOfAToken() {
        Tokens tokens = Tokens.shared();

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(tokens.of(ANN)));

        assertThat(caller.userId()).isEqualTo(ANN);
        assertThat(caller.roles()).containsExactly(Caller.USER);
        assertThat(caller.isAdministrator()).isFalse();
        assertThat(caller.isService()).isFalse();
    }

    @Test
    void knowsAnAdministrator() {
        Tokens tokens = Tokens.shared();

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(tokens.administrator()));

        assertThat(caller.isAdministrator()).isTrue();
    }

    @Test
    void showsNoTokenInLogs() {
        Tokens tokens = Tokens.shared();
        String token = tokens.of(ANN);

        assertThat(Outcome.of(itemServiceBelieving(tokens).verify(token)).toString())
                .contains(ANN)
                .doesNotContain(token);
    }

    @Test
    void takesTheTokenOfAServiceForTheServiceOnly() {
        Tokens tokens = Tokens.shared();
        JwtBuilder claims = tokens.claims("dataset-service")
                .issuer("dataset-service")
                .audience()
                .single("item-service")
                .claim("roles", List.of(Caller.ADMINISTRATOR));

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(tokens.signed("dataset-service", claims)));

        assertThat(caller.userId()).isEqualTo("dataset-service");
        assertThat(caller.roles()).isEqualTo(Set.of(Caller.SERVICE));
    }

    /** Auth-service signs users' tokens and its own with the same keys; the audience tells them apart. */
    @Test
    void takesTheTokenOfAuthServiceForItselfOnlyWhenItIsMeantForThisService() {
        Tokens tokens = Tokens.shared();

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(tokens.service("auth-service", "item-service")));

        assertThat(caller.userId()).isEqualTo("auth-service");
        assertThat(caller.isService()).isTrue();
    }

    @Test
    void knowsWhatATokenWasNarrowedTo() {
        Tokens tokens = Tokens.shared();
        String token = tokens.narrowed(ANN, "items:write unheard:of", List.of("6b0183990000000000001001"));

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(token));

        assertThat(caller.reach()).isEqualTo(new Reach(Set.of(Scope.ITEMS_WRITE), Set.of("6b0183990000000000001001")));
        assertThat(caller.isSignedIn()).isTrue();
    }

    @Test
    void givesAUserNoRightsOfAServiceWhateverTheTokenClaims() {
        Tokens tokens = Tokens.shared();
        String token = tokens.signed(tokens.claims(ANN).claim("roles", List.of(Caller.USER, Caller.SERVICE)));

        Caller caller = Outcome.of(itemServiceBelieving(tokens).verify(token));

        assertThat(caller.roles()).containsExactly(Caller.USER);
        assertThat(caller.isService()).isFalse();
    }

    @Test
    void givesNoRoleForRolesThatAreNoList() {
        Tokens tokens = Tokens.shared();
        String token = tokens.signed(tokens.claims(ANN).claim("roles", Caller.ADMINISTRATOR));

        assertThat(Outcome.of(itemServiceBelieving(tokens).verify(token)).roles())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("badTokens")
    void refusesEveryBadTokenInTheSameWords(String token) {
        Mono<Caller> verification = itemServiceBelieving(Tokens.shared()).verify(token);

        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(verification::block)
                .withMessage("The token is not valid or has expired; sign in again");
    }

    static Stream<Arguments> badTokens() {
        Tokens tokens = Tokens.shared();
        KeyPair authService = tokens.keyPair("auth-service");
        KeyPair stranger = Jwts.SIG.RS256.keyPair().build();
        String good = tokens.of(ANN);
        Date inAnHour = Date.from(Instant.now().plusSeconds(3600));
        return Stream.of(
                argumentSet("expired", tokens.expired(ANN)),
                argumentSet("not yet good", tokens.signed(tokens.claims(ANN).notBefore(inAnHour))),
                argumentSet("without an end", tokens.signed(tokens.claims(ANN).expiration(null))),
                argumentSet(
                        "without a subject", tokens.signed(tokens.claims(ANN).subject(null))),
                argumentSet(
                        "without a credential", tokens.signed(tokens.claims(ANN).claim("sid", null))),
                argumentSet(
                        "with a credential of no kind",
                        tokens.signed(tokens.claims(ANN).claim("sid", "x-1"))),
                argumentSet(
                        "with an operator for a credential",
                        tokens.signed(tokens.claims(ANN).claim("sid", Map.of("$ne", "")))),
                argumentSet(
                        "with scopes that are no text",
                        tokens.signed(tokens.claims(ANN).claim("scope", List.of("items:read")))),
                argumentSet(
                        "with projects that are no list",
                        tokens.signed(tokens.claims(ANN).claim("projects", "all"))),
                argumentSet(
                        "of a user for one service only",
                        tokens.signed(tokens.claims(ANN).audience().single("item-service"))),
                argumentSet("for somebody else", tokens.wrongAudience(ANN)),
                argumentSet("of a service for another service", tokens.service("dataset-service", "auth-service")),
                argumentSet(
                        "by another issuer", tokens.signed(tokens.claims(ANN).issuer("elsewhere"))),
                argumentSet(
                        "in another's name, signed with one's own key",
                        tokens.signed("dataset-service", tokens.claims(ANN))),
                argumentSet(
                        "of a service that claims to be a user",
                        tokens.signed("dataset-service", tokens.claims(ANN).issuer("dataset-service"))),
                argumentSet(
                        "with another issuer's key id",
                        keyed(tokens.claims(ANN), tokens.keyId("dataset-service"))
                                .signWith(authService.getPrivate(), Jwts.SIG.RS256)
                                .compact()),
                argumentSet("without a signature", tokens.unsigned(ANN)),
                argumentSet("signed with HS256 and the public key", tokens.signedWithPublicKey(ANN)),
                argumentSet("signed by a stranger", tokens.signedByStranger(ANN)),
                argumentSet(
                        "signed with RS512",
                        keyed(tokens.claims(ANN), tokens.keyId("auth-service"))
                                .signWith(authService.getPrivate(), Jwts.SIG.RS512)
                                .compact()),
                argumentSet(
                        "signed with PS256",
                        keyed(tokens.claims(ANN), tokens.keyId("auth-service"))
                                .signWith(authService.getPrivate(), Jwts.SIG.PS256)
                                .compact()),
                argumentSet(
                        "compressed",
                        tokens.signed(
                                tokens.claims(ANN).claim("pad", "x".repeat(500)).compressWith(Jwts.ZIP.DEF))),
                argumentSet(
                        "that brings its own key",
                        tokens.claims(ANN)
                                .header()
                                .keyId(tokens.keyId("auth-service"))
                                .add(
                                        "jwk",
                                        Jwks.builder()
                                                .key((RSAPublicKey) stranger.getPublic())
                                                .build())
                                .and()
                                .signWith(stranger.getPrivate(), Jwts.SIG.RS256)
                                .compact()),
                argumentSet(
                        "without a key id",
                        tokens.claims(ANN)
                                .signWith(authService.getPrivate(), Jwts.SIG.RS256)
                                .compact()),
                argumentSet(
                        "of an issuer nobody knows",
                        keyed(tokens.claims(ANN), "elsewhere/1")
                                .signWith(stranger.getPrivate(), Jwts.SIG.RS256)
                                .compact()),
                argumentSet("with another's body", swapBody(good, tokens.administrator())),
                argumentSet("cut short", good.substring(0, good.length() - 4)),
                argumentSet("with a tail", good + ".e30"),
                argumentSet("too long", tokens.signed(tokens.claims(ANN).claim("pad", "x".repeat(8192)))),
                argumentSet("empty", ""),
                argumentSet("a word", "token"),
                argumentSet("dots", "..."),
                argumentSet("no base64", "§.§.§"),
                argumentSet("a header that is no object", "W10.e30.c2ln"),
                argumentSet("a header that is no JSON", "e30e30.e30.c2ln"),
                argumentSet("a key id that is no text", "eyJhbGciOiJSUzI1NiIsImtpZCI6e319.e30.c2ln"));
    }

    private static JwtBuilder keyed(JwtBuilder claims, String keyId) {
        return claims.header().keyId(keyId).and();
    }

    private static String swapBody(String token, String other) {
        String[] parts = token.split("\\.");
        return parts[0] + "." + other.split("\\.")[1] + "." + parts[2];
    }

    @Test
    void remembersATokenUntilItExpires() {
        try (Tokens tokens = Tokens.start()) {
            TokenVerifier verifier = itemServiceBelieving(tokens);
            String token = tokens.of(ANN);
            assertThat(verifier.verify(token).block()).isNotNull();
            tokens.close();

            assertThat(Outcome.of(verifier.verify(token)).userId()).isEqualTo(ANN);
            clock.advance(Duration.ofMinutes(61));
            assertThatExceptionOfType(BadCredentialsException.class)
                    .isThrownBy(() -> verifier.verify(token).block());
        }
    }

    @Test
    void findsAKeyThatIsPublishedLater() {
        try (Tokens tokens = Tokens.start()) {
            TokenVerifier verifier = itemServiceBelieving(tokens);
            String before = tokens.of(ANN);
            assertThat(verifier.verify(before).block()).isNotNull();
            tokens.rotate("auth-service");
            clock.advance(Duration.ofSeconds(2));

            assertThat(Outcome.of(verifier.verify(tokens.of("bob@example.org"))).userId())
                    .isEqualTo("bob@example.org");
            assertThat(verifier.verify(tokens.signed(tokens.claims(ANN))).block())
                    .isNotNull();
        }
    }

    @Test
    void findsAKeyByEachOfItsIds() {
        try (Tokens tokens = Tokens.start()) {
            TokenVerifier verifier = itemServiceBelieving(tokens);
            String before = tokens.signed(tokens.claims(ANN));
            tokens.rename("auth-service");

            assertThat(Outcome.of(verifier.verify(before)).userId()).isEqualTo(ANN);
            assertThat(Outcome.of(verifier.verify(tokens.signed(tokens.claims(ANN))))
                            .userId())
                    .isEqualTo(ANN);
        }
    }

    @Test
    void fetchesKeysOnceASecondHoweverManyKeyIdsAreMadeUp() {
        try (Tokens tokens = Tokens.start()) {
            TokenVerifier verifier = believing(tokens, Clock.systemUTC());
            assertThat(verifier.verify(tokens.of(ANN)).block()).isNotNull();
            assertThat(tokens.keyFetches()).isOne();

            List<String> madeUp = IntStream.range(0, 200)
                    .mapToObj(number -> keyed(tokens.claims(ANN), "auth-service/made-up-" + number)
                            .signWith(tokens.keyPair("auth-service").getPrivate(), Jwts.SIG.RS256)
                            .compact())
                    .toList();

            long start = System.nanoTime();
            List<Throwable> refusals = Flux.fromIterable(madeUp)
                    .flatMap(
                            token -> verifier.verify(token)
                                    .map(caller -> new AssertionError("believed " + caller))
                                    .cast(Throwable.class)
                                    .onErrorResume(Mono::just),
                            madeUp.size())
                    .collectList()
                    .block();
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

            assertThat(refusals).hasSize(200).allMatch(BadCredentialsException.class::isInstance);
            assertThat(tokens.keyFetches()).isBetween(2, 3 + (int) seconds);
        }
    }

    @Test
    void readsTheKeysOfAServiceThatHasRestartedAllDay() {
        try (Tokens tokens = Tokens.start()) {
            tokens.publishMore("auth-service", 2_000);

            assertThat(Outcome.of(itemServiceBelieving(tokens).verify(tokens.of(ANN)))
                            .userId())
                    .isEqualTo(ANN);
        }
    }

    @Test
    void doesNotCallATokenBadWhenTheKeysCannotBeFetched() {
        Tokens tokens = Tokens.start();
        String token = tokens.of(ANN);
        TokenVerifier verifier = itemServiceBelieving(tokens);
        tokens.close();

        assertThatExceptionOfType(WebClientException.class)
                .isThrownBy(() -> verifier.verify(token).block());
    }

    private TokenVerifier itemServiceBelieving(Tokens tokens) {
        return believing(tokens, clock);
    }

    private static TokenVerifier believing(Tokens tokens, Clock clock) {
        String address = tokens.address().toString();
        ServiceAddresses addresses = new ServiceAddresses(
                Map.of("auth-service", address, "dataset-service", address, "item-service", address));
        ServiceClients clients = new ServiceClients(addresses, new MovableNames().peers(), LOOPS);
        SecurityConfiguration configuration = new SecurityConfiguration();
        return configuration.tokenVerifier(
                clients,
                "item-service",
                configuration.credentialSource(clients),
                JsonMapper.builder().build(),
                clock);
    }
}
