package io.sluice.kit.token;

import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * The keys a service signs tokens with: RSA for RS256, or an elliptic curve for ES256. The public half is in the service's database before the first token is
 * signed, so that every replica can publish it until the last token is over that was signed with it.
 */
public class SigningKeys {

    /** How long most tokens live at most; a key stays published that long after it has signed for the last time. */
    static final Duration ORDINARY_LIFE = Duration.ofHours(24);

    /** The longest life of a token; a key that signs such a one stays published for that token. */
    public static final Duration LONGEST_LIFE = Duration.ofDays(3660);

    private final String issuer;
    private final StoredKeys stored;
    private final KeySource source;
    private final Clock clock;

    /**
     * Keys of this process alone, in its memory.
     *
     * @param issuer the name of the service: the {@code iss} of its tokens and the first part of its key ids
     */
    public SigningKeys(String issuer, ReactiveMongoTemplate mongo, Clock clock, KeyPairs pairs) {
        this.issuer = issuer;
        this.stored = new StoredKeys(issuer, mongo, clock);
        this.source = new KeysInMemory(stored, clock, pairs);
        this.clock = clock;
    }

    /**
     * Keys that all replicas share and that survive a restart, encrypted in the database.
     *
     * @param issuer the name of the service: the {@code iss} of its tokens and the first part of its key ids
     * @param rotation how long one key signs
     */
    public SigningKeys(
            String issuer, ReactiveMongoTemplate mongo, Clock clock, KeyPairs pairs, KeySeal seal, Duration rotation) {
        this.issuer = issuer;
        this.stored = new StoredKeys(issuer, mongo, clock);
        this.source = new KeysAtRest(stored, pairs, seal, rotation, clock);
        this.clock = clock;
    }

    /**
     * The key that signs next.
     *
     * @param signsFrom when its first token may be signed; until then it is published only
     */
    public record NextKey(String keyId, Instant signsFrom) {}

    /** Makes the next key now. The one before it goes on verifying until the last of its tokens is over. */
    public Mono<NextKey> rotate() {
        return source.rotate().map(key -> new NextKey(key.id(), key.signsFrom()));
    }

    /**
     * A signed token for the platform.
     *
     * @param audience whom it is for
     * @param subject whom it speaks for
     * @param life how long it is good for, at most {@link #LONGEST_LIFE}
     * @param claims further claims
     */
    public Mono<String> sign(String audience, String subject, Duration life, Map<String, ?> claims) {
        return sign(issuer, audience, subject, life, claims);
    }

    /**
     * A signed token that tells somebody outside who has signed in (OpenID Connect Core §2). The platform itself takes
     * it from nobody, because its issuer is another.
     *
     * @param publicIssuer the address that the outside knows this platform by
     */
    public Mono<String> signForOutside(
            String publicIssuer, String audience, String subject, Duration life, Map<String, ?> claims) {
        return sign(publicIssuer, audience, subject, life, claims);
    }

    private Mono<String> sign(
            String namedIssuer, String audience, String subject, Duration life, Map<String, ?> claims) {
        if (life.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException("A token lives at most " + LONGEST_LIFE);
        }
        return source.current().flatMap(key -> {
            Instant now = clock.instant();
            Instant end = now.plus(life);
            JwtBuilder token = Jwts.builder()
                    .header()
                    .keyId(key.id())
                    .type("JWT")
                    .and()
                    .issuer(namedIssuer)
                    .audience()
                    .single(audience)
                    .subject(subject)
                    .issuedAt(Date.from(now))
                    .expiration(Date.from(end))
                    .id(new ObjectId().toHexString())
                    .claims(claims);
            Mono<Void> published =
                    life.compareTo(ORDINARY_LIFE) > 0 ? stored.publishUntil(key.id(), end) : Mono.empty();
            return published.then(Mono.fromSupplier(
                    () -> token.signWith(key.key(), key.algorithm()).compact()));
        });
    }

    /** The public keys of all replicas whose tokens may still be good (RFC 7517). */
    public Mono<Map<String, Object>> publicKeys() {
        return stored.published().map(StoredKey::asJwk).collectList().map(keys -> Map.of("keys", keys));
    }
}
