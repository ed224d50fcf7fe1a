package io.sluice.kit.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.security.authentication.BadCredentialsException;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells who a token speaks for: RS256 or ES256, as the key is that its issuer publishes, meant for us, not expired
 * (RFC 7519, RFC 8725). What was verified is remembered by the token's SHA-256 until it expires, so that a signature is
 * checked once a token. A user's token counts only as long as the credential it stands on does.
 */
public class TokenVerifier {

    /** The audience of users' tokens. */
    public static final String PLATFORM = "sluice";

    /** As long as a token may be, in characters. */
    public static final int LONGEST_TOKEN = 8 * 1024;

    private static final int REMEMBERED_TOKENS = 10_000;
    private static final Pattern CREDENTIAL_ID = Pattern.compile("[skb]-[A-Za-z0-9_-]{1,64}");

    private final Map<String, Issuer> issuers;
    private final String self;
    private final LiveCredentials credentials;
    private final ObjectReader json;
    private final Clock clock;
    private final Cache<String, Verified> remembered;

    /**
     * Whom we believe.
     *
     * @param keys where its public keys are
     * @param signsIn whether it makes users' tokens, too; every issuer's others speak for the service itself, so for
     *     {@code /internal/**} only
     */
    record Issuer(KeySet keys, boolean signsIn) {}

    private record Verified(Caller caller, Instant expiresAt) {}

    /** @param self the name of this service, the audience of tokens from other services */
    TokenVerifier(Map<String, Issuer> issuers, String self, LiveCredentials credentials, JsonMapper json, Clock clock) {
        this.issuers = issuers;
        this.self = self;
        this.credentials = credentials;
        this.json = json.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
        this.clock = clock;
        this.remembered = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_TOKENS)
                .expireAfter(Expiry.<String, Verified>creating(
                        (digest, verified) -> Duration.between(clock.instant(), verified.expiresAt())))
                .build();
    }

    /** The caller; {@link BadCredentialsException} when the token is not good or no longer, whatever the reason. */
    public Mono<Caller> verify(String token) {
        return read(token).flatMap(caller -> caller.isService() ? Mono.just(caller) : credentials.require(caller));
    }

    /** As {@link #verify}, but whether the credential still holds is not asked. */
    public Mono<Caller> read(String token) {
        if (token.length() > LONGEST_TOKEN) {
            return Mono.error(TokenVerifier::refused);
        }
        String digest = sha256(token);
        Verified known = remembered.getIfPresent(digest);
        if (known != null && clock.instant().isBefore(known.expiresAt())) {
            return Mono.just(known.caller());
        }
        return Mono.defer(() -> check(token))
                .doOnNext(verified -> remembered.put(digest, verified))
                .map(Verified::caller);
    }

    private Mono<Verified> check(String token) {
        String keyId = keyIdOf(token);
        String issuerName = keyId.substring(0, Math.max(0, keyId.indexOf('/')));
        Issuer issuer = issuers.get(issuerName);
        if (issuer == null) {
            return Mono.error(TokenVerifier::refused);
        }
        return issuer.keys()
                .find(keyId)
                .switchIfEmpty(Mono.error(TokenVerifier::refused))
                .map(key -> parse(token, key, issuerName, issuer.signsIn()));
    }

    /** The key id that the (still unverified) header names; it only chooses which key must have signed. */
    private String keyIdOf(String token) {
        int end = token.indexOf('.');
        if (end < 0) {
            throw refused();
        }
        try {
            return unambiguous(token.substring(0, end)).path("kid").asString("");
        } catch (IllegalArgumentException | JacksonException notATokenHeader) {
            throw refused();
        }
    }

    /** A name that comes twice would be read in one way here and in another elsewhere (RFC 7519 §4). */
    private JsonNode unambiguous(String part) {
        return json.readTree(Base64.getUrlDecoder().decode(part));
    }

    private Verified parse(String token, Key key, String issuerName, boolean signsIn) {
        Claims claims;
        try {
            claims = Jwts.parser()
                    .sig()
                    .clear()
                    .add(Jwts.SIG.RS256)
                    .add(Jwts.SIG.ES256)
                    .and()
                    .zip()
                    .clear()
                    .and()
                    .clock(() -> Date.from(clock.instant()))
                    .requireIssuer(issuerName)
                    .verifyWith((PublicKey) key)
                    .build()
                    .parseSignedClaims(token)
                    .getPayload();
            unambiguous(token.split("\\.")[1]);
        } catch (JwtException | IllegalArgumentException | JacksonException invalid) {
            throw refused();
        }
        if (claims.getExpiration() == null || claims.getSubject() == null || claims.getAudience() == null) {
            throw refused();
        }
        Caller caller = signsIn && claims.getAudience().contains(PLATFORM)
                ? userOf(claims, token)
                : serviceOf(claims, issuerName, token);
        return new Verified(caller, claims.getExpiration().toInstant());
    }

    private Caller serviceOf(Claims claims, String issuerName, String token) {
        if (!claims.getAudience().contains(self) || !claims.getSubject().equals(issuerName)) {
            throw refused();
        }
        return Caller.service(issuerName, token);
    }

    private static Caller userOf(Claims claims, String token) {
        if (!(claims.get("sid") instanceof String credentialId)
                || !CREDENTIAL_ID.matcher(credentialId).matches()) {
            throw refused();
        }
        try {
            return new Caller(claims.getSubject(), rolesOf(claims), credentialId, Reach.of(claims), token);
        } catch (IllegalArgumentException unreadable) {
            throw refused();
        }
    }

    private static Set<String> rolesOf(Claims claims) {
        if (!(claims.get("roles") instanceof Collection<?> roles)) {
            return Set.of();
        }
        // A user's token never speaks for a service, whatever it claims.
        return roles.stream()
                .map(String::valueOf)
                .filter(role -> !role.equals(Caller.SERVICE))
                .collect(Collectors.toUnmodifiableSet());
    }

    static BadCredentialsException refused() {
        return new BadCredentialsException("The token is not valid or has expired; sign in again");
    }

    private static String sha256(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
