package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.testing.MovableNames;
import io.sluice.kit.testing.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.BadCredentialsException;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/** Attacks on tokens that need a header or a body which no library writes (RFC 8725). */
class TokenAttackTests {

    private static final String ANN = "ann@example.org";
    private static final LoopResources LOOPS = LoopResources.create("token-attacks");

    private final Tokens tokens = Tokens.shared();
    private final TokenVerifier verifier = believing(tokens);

    @AfterAll
    static void stop() {
        LOOPS.dispose();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth-service/../../../../dev/null",
                "auth-service/%2e%2e/jwks.json",
                "../auth-service/1",
                "/auth-service/1",
                "auth-service",
                "auth-service/",
                "auth-service/{\"$ne\":null}",
                "auth-service/' || '1'=='1",
                "auth-service/1\u0000",
                "http://evil.example/jwks.json",
                "AUTH-SERVICE/1"
            })
    void takesAKeyIdForNothingButAnId(String keyId) {
        KeyPair own = Jwts.SIG.RS256.keyPair().build();

        expectRefused(tokens.claims(ANN)
                .header()
                .keyId(keyId)
                .and()
                .signWith(own.getPrivate(), Jwts.SIG.RS256)
                .compact());
        expectRefused(tokens.claims(ANN)
                .header()
                .keyId(keyId)
                .and()
                .signWith(tokens.keyPair("auth-service").getPrivate(), Jwts.SIG.RS256)
                .compact());
    }

    @ParameterizedTest
    @ValueSource(strings = {"jku", "x5u"})
    void fetchesNoKeyFromWhereATokenSays(String header) {
        KeyPair own = Jwts.SIG.RS256.keyPair().build();
        AtomicInteger fetches = new AtomicInteger();
        String keyId = tokens.keyId("auth-service");
        String keys = "{\"keys\":["
                + Jwks.UNSAFE_JSON(Jwks.builder()
                        .key((RSAPublicKey) own.getPublic())
                        .id(keyId)
                        .build())
                + "]}";
        DisposableServer evil = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    fetches.incrementAndGet();
                    return response.sendString(Mono.just(keys));
                })
                .bindNow();
        try {
            expectRefused(tokens.claims(ANN)
                    .header()
                    .keyId(keyId)
                    .add(header, "http://127.0.0.1:" + evil.port() + "/jwks.json")
                    .and()
                    .signWith(own.getPrivate(), Jwts.SIG.RS256)
                    .compact());
            assertThat(fetches.get()).isZero();
        } finally {
            evil.disposeNow();
        }
    }

    /** Signed by the right key all of them: what is wrong must be seen without the signature's help. */
    @ParameterizedTest
    @MethodSource("ambiguous")
    void refusesWhatTwoReadersCouldReadInTwoWays(String header, String body) {
        expectRefused(signed(header, body));
    }

    static Stream<Arguments> ambiguous() {
        Tokens tokens = Tokens.shared();
        String keyId = tokens.keyId("auth-service");
        String header = "{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(keyId);
        String body = body("\"sub\":\"ann@example.org\"");
        return Stream.of(
                argumentSet("two subjects", header, body("\"sub\":\"ann@example.org\",\"sub\":\"eve@example.org\"")),
                argumentSet(
                        "two lists of roles",
                        header,
                        body("\"sub\":\"ann@example.org\",\"roles\":[\"user\"],\"roles\":[\"administrator\"]")),
                argumentSet("two ends", header, body("\"sub\":\"ann@example.org\",\"exp\":1,\"exp\":9999999999")),
                argumentSet(
                        "two key ids",
                        "{\"alg\":\"RS256\",\"kid\":\"elsewhere/1\",\"kid\":\"%s\"}".formatted(keyId),
                        body),
                argumentSet(
                        "two algorithms", "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(keyId), body),
                argumentSet(
                        "an extension that nobody knows",
                        "{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1,\"kid\":\"%s\"}".formatted(keyId),
                        body),
                argumentSet(
                        "a body that is not encoded",
                        "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false,\"kid\":\"%s\"}".formatted(keyId),
                        body),
                argumentSet(
                        "the algorithm of another kind of key",
                        "{\"alg\":\"ES256\",\"kid\":\"%s\"}".formatted(keyId),
                        body),
                argumentSet("a body that is no object", header, "[]"));
    }

    @Test
    void believesSuchATokenWhenNothingIsWrongWithIt() {
        String keyId = tokens.keyId("auth-service");
        String token =
                signed("{\"alg\":\"RS256\",\"kid\":\"%s\"}".formatted(keyId), body("\"sub\":\"ann@example.org\""));

        assertThat(verifier.verify(token).block()).extracting(Caller::userId).isEqualTo(ANN);
    }

    @Test
    void readsNothingOfATokenOfAMegabyte() {
        JwtBuilder claims = tokens.claims(ANN).claim("pad", "x".repeat(1024 * 1024));

        expectRefused(tokens.signed(claims));
    }

    private static String body(String differing) {
        long end = Instant.now().plusSeconds(3600).getEpochSecond();
        String ends = differing.contains("\"exp\"") ? "" : ",\"exp\":" + end;
        return "{\"iss\":\"auth-service\",\"aud\":\"sluice\",\"sid\":\"s-1\",\"email\":\"ann@example.org\"," + differing
                + ends + "}";
    }

    private String signed(String header, String body) {
        String content =
                base64(header.getBytes(StandardCharsets.UTF_8)) + "." + base64(body.getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(tokens.keyPair("auth-service").getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + base64(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private void expectRefused(String token) {
        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> verifier.verify(token).block());
    }

    private static TokenVerifier believing(Tokens tokens) {
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
                Clock.systemUTC());
    }
}
