package io.sluice.kit.testing;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.Keys;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.DynamicPropertyRegistry;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Stands in for auth-service, and for the other services where their keys matter: makes tokens as they do, and publishes
 * the keys over HTTP on a free port of this machine. A Spring test is pointed there like this:
 *
 * <pre>{@code
 * private static final Tokens TOKENS = Tokens.shared();
 *
 * @DynamicPropertySource
 * static void peers(DynamicPropertyRegistry properties) {
 *     TOKENS.register(properties);
 * }
 * }</pre>
 *
 * A test that needs further answers of a peer starts its own, with routes:
 * {@code Tokens.start(routes -> routes.get("/internal/access", (request, response) -> ...))}.
 */
public final class Tokens implements AutoCloseable {

    private static final String AUTH_SERVICE = "auth-service";
    private static final List<String> ISSUERS =
            List.of(AUTH_SERVICE, "dataset-service", "item-service", "model-service");

    private final Map<String, KeyPair> published = new ConcurrentHashMap<>();
    private final Map<String, String> signingKeyIds = new ConcurrentHashMap<>();
    private final Map<String, String> ordinary = new ConcurrentHashMap<>();
    private final AtomicInteger keyFetches = new AtomicInteger();
    private final AtomicInteger statusQuestions = new AtomicInteger();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final DisposableServer server;

    private Tokens(Consumer<HttpServerRoutes> routes) {
        ISSUERS.forEach(this::rotate);
        this.server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(all -> {
                    all.get("/.well-known/jwks.json", this::publishKeys)
                            .get("/internal/jwks.json", this::publishKeys)
                            .post("/internal/credentials/status", this::tellStatus);
                    routes.accept(all);
                })
                .bindNow();
    }

    /** Started once in a JVM, for all tests that need nothing but tokens. */
    public static Tokens shared() {
        return Shared.TOKENS;
    }

    /** Keys and a server for one test class, which closes it. */
    public static Tokens start() {
        return start(routes -> {});
    }

    /** As {@link #start()}, with more that the stand-in answers. */
    public static Tokens start(Consumer<HttpServerRoutes> routes) {
        return new Tokens(routes);
    }

    private static final class Shared {
        static final Tokens TOKENS = start();
    }

    /** Where this stand-in answers, such as {@code http://127.0.0.1:34567}. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Sets {@code sluice.services.<name>} of these services to this stand-in; of all of them when none is named. */
    public void register(DynamicPropertyRegistry properties, String... services) {
        Stream<String> names = services.length == 0 ? ISSUERS.stream() : Stream.of(services);
        names.forEach(name -> properties.add("sluice.services." + name, this::address));
    }

    /** The token of a signed-in user. Signed once for each key: to sign is most of what a short test costs. */
    public String of(String email) {
        return ordinary.computeIfAbsent(keyId(AUTH_SERVICE) + " of " + email, key -> signed(claims(email)));
    }

    /** The token of {@code admin@example.org}, who may manage the users of the platform. */
    public String administrator() {
        return ordinary.computeIfAbsent(
                keyId(AUTH_SERVICE) + " of the administrator",
                key -> signed(claims("admin@example.org").claim("roles", List.of("user", "administrator"))));
    }

    /** A user's token that was narrowed to these scopes, separated by spaces, and to these projects. */
    public String narrowed(String email, @Nullable String scope, @Nullable List<String> projects) {
        return signed(claims(email).claim("scope", scope).claim("projects", projects));
    }

    /** From now on, whoever asks hears that this user is signed out everywhere. */
    public void signOut(String email) {
        ended.add(email);
    }

    /** How often somebody asked whether a credential still holds. */
    public int statusQuestions() {
        return statusQuestions.get();
    }

    /** The token by which one service calls {@code /internal/**} of another. */
    public String service(String from, String to) {
        Instant now = Instant.now();
        return signed(
                from,
                Jwts.builder()
                        .issuer(from)
                        .audience()
                        .single(to)
                        .subject(from)
                        .issuedAt(Date.from(now))
                        .expiration(Date.from(now.plus(Duration.ofMinutes(1))))
                        .id(UUID.randomUUID().toString()));
    }

    /** What a user's token says, an hour long; a test changes one thing and signs it with {@link #signed}. */
    public JwtBuilder claims(String email) {
        Instant now = Instant.now();
        return Jwts.builder()
                .issuer(AUTH_SERVICE)
                .audience()
                .single("sluice")
                .subject(email)
                .claim("email", email)
                .claim("sid", "s-" + UUID.nameUUIDFromBytes(email.getBytes(StandardCharsets.UTF_8)))
                .claim("roles", List.of("user"))
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(Duration.ofHours(1))))
                .id(UUID.randomUUID().toString());
    }

    /** Signed as auth-service does it. */
    public String signed(JwtBuilder claims) {
        return signed(AUTH_SERVICE, claims);
    }

    /** Signed with the key of a service, and saying so. */
    public String signed(String issuer, JwtBuilder claims) {
        return claims.header()
                .keyId(keyId(issuer))
                .and()
                .signWith(keyPair(issuer).getPrivate(), Jwts.SIG.RS256)
                .compact();
    }

    /** Not good any more since a second. */
    public String expired(String email) {
        Instant now = Instant.now();
        return signed(
                claims(email).issuedAt(Date.from(now.minusSeconds(3600))).expiration(Date.from(now.minusSeconds(1))));
    }

    /** Meant for somebody else. */
    public String wrongAudience(String email) {
        return signed(claims(email).audience().single("elsewhere"));
    }

    /** Forged: {@code "alg": "none"}. */
    public String unsigned(String email) {
        return claims(email).header().keyId(keyId(AUTH_SERVICE)).and().compact();
    }

    /** Forged: HS256 with the public key as the secret (RFC 8725 §2.1). */
    public String signedWithPublicKey(String email) {
        return claims(email)
                .header()
                .keyId(keyId(AUTH_SERVICE))
                .and()
                .signWith(Keys.hmacShaKeyFor(keyPair(AUTH_SERVICE).getPublic().getEncoded()), Jwts.SIG.HS256)
                .compact();
    }

    /** Forged: signed by a stranger who uses the id of a published key. */
    public String signedByStranger(String email) {
        return claims(email)
                .header()
                .keyId(keyId(AUTH_SERVICE))
                .and()
                .signWith(Jwts.SIG.RS256.keyPair().build().getPrivate(), Jwts.SIG.RS256)
                .compact();
    }

    /** Signs the further tokens of this issuer with a new key; the old one stays published. */
    public void rotate(String issuer) {
        String keyId = issuer + "/" + UUID.randomUUID();
        published.put(keyId, Jwts.SIG.RS256.keyPair().build());
        signingKeyIds.put(issuer, keyId);
    }

    /** Publishes the key that signs under a further id, by which it signs from now on. */
    public void rename(String issuer) {
        String keyId = issuer + "/" + UUID.randomUUID();
        published.put(keyId, keyPair(issuer));
        signingKeyIds.put(issuer, keyId);
    }

    /** Publishes so many further keys, which nobody signs with, as if the issuer had been restarted so often. */
    public void publishMore(String issuer, int count) {
        Random random = new Random(count);
        for (int number = 0; number < count; number++) {
            published.put(issuer + "/" + UUID.randomUUID(), new KeyPair(someKey(random), null));
        }
    }

    private static PublicKey someKey(Random random) {
        BigInteger modulus = new BigInteger(2048, random).setBit(2047).setBit(0);
        try {
            return KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, RSAKeyGenParameterSpec.F4));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** How often the keys were asked for. */
    public int keyFetches() {
        return keyFetches.get();
    }

    @Override
    public void close() {
        server.disposeNow();
    }

    /** The id of the key that signs for that issuer now. */
    public String keyId(String issuer) {
        return Objects.requireNonNull(signingKeyIds.get(issuer), issuer);
    }

    /** The key that signs for that issuer now. */
    public KeyPair keyPair(String issuer) {
        return Objects.requireNonNull(published.get(keyId(issuer)), issuer);
    }

    private Mono<Void> tellStatus(HttpServerRequest request, HttpServerResponse response) {
        statusQuestions.incrementAndGet();
        return request.receive().aggregate().asString().flatMap(body -> {
            boolean isActive = ended.stream().noneMatch(email -> body.contains('"' + email + '"'));
            return response.header("Content-Type", "application/json")
                    .sendString(Mono.just("{\"active\":" + isActive + "}"))
                    .then();
        });
    }

    private Mono<Void> publishKeys(HttpServerRequest request, HttpServerResponse response) {
        keyFetches.incrementAndGet();
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(keySet()))
                .then();
    }

    /** The public keys of all (RFC 7517). */
    private String keySet() {
        return published.entrySet().stream()
                .map(entry -> jwk(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    private static String jwk(String keyId, KeyPair pair) {
        return Jwks.UNSAFE_JSON(Jwks.builder()
                .key((RSAPublicKey) pair.getPublic())
                .id(keyId)
                .algorithm(Jwts.SIG.RS256.getId())
                .publicKeyUse("sig")
                .build());
    }
}
