package io.sluice.kit.token;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The RSA keys a service signs tokens with. Each process makes its own pair and keeps the private half in memory only;
 * the public half goes to the service's database before the first token is signed, so that every replica can publish it
 * for as long as a token may live. A pair signs for {@link #ROTATION}, then a new one takes over.
 */
public class SigningKeys {

    /** How long one pair signs. */
    static final Duration ROTATION = Duration.ofHours(24);

    /** The longest life of a token. */
    public static final Duration LONGEST_LIFE = Duration.ofHours(24);

    private final String issuer;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final AtomicReference<@Nullable Mono<ActiveKey>> active = new AtomicReference<>();

    /** @param issuer the name of the service: the {@code iss} of its tokens and the first part of its key ids */
    public SigningKeys(String issuer, ReactiveMongoTemplate mongo, Clock clock) {
        this.issuer = issuer;
        this.mongo = mongo;
        this.clock = clock;
    }

    private record ActiveKey(String keyId, PrivateKey key, Instant rotateAt) {}

    @Document("signing_keys")
    private record PublishedKey(@Id String id, String publicKey, Instant expiresAt) {}

    /**
     * A signed token.
     *
     * @param audience whom it is for
     * @param subject whom it speaks for
     * @param life how long it is good for, at most {@link #LONGEST_LIFE}
     * @param claims further claims
     */
    public Mono<String> sign(String audience, String subject, Duration life, Map<String, ?> claims) {
        if (life.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException("A token lives at most " + LONGEST_LIFE);
        }
        return activeKey().map(key -> {
            Instant now = clock.instant();
            return Jwts.builder()
                    .header()
                    .keyId(key.keyId())
                    .type("JWT")
                    .and()
                    .issuer(issuer)
                    .audience()
                    .single(audience)
                    .subject(subject)
                    .issuedAt(Date.from(now))
                    .expiration(Date.from(now.plus(life)))
                    .id(new ObjectId().toHexString())
                    .claims(claims)
                    .signWith(key.key(), Jwts.SIG.RS256)
                    .compact();
        });
    }

    /** The public keys of all replicas whose tokens may still be good (RFC 7517). */
    public Mono<Map<String, Object>> publicKeys() {
        Query live = Query.query(Criteria.where("expiresAt").gt(clock.instant()));
        return mongo.find(live, PublishedKey.class)
                .map(SigningKeys::asJwk)
                .collectList()
                .map(keys -> Map.of("keys", keys));
    }

    private Mono<ActiveKey> activeKey() {
        Mono<ActiveKey> current = active.updateAndGet(known -> known == null ? newKey() : known);
        return current.flatMap(key -> {
            if (clock.instant().isBefore(key.rotateAt())) {
                return Mono.just(key);
            }
            active.compareAndSet(current, null);
            return activeKey();
        });
    }

    /** Makes and publishes a pair once; a failure is not remembered. */
    private Mono<ActiveKey> newKey() {
        return Mono.fromCallable(() -> Jwts.SIG.RS256.keyPair().build())
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(this::publish)
                .cacheInvalidateIf(key -> false);
    }

    private Mono<ActiveKey> publish(KeyPair pair) {
        Instant rotateAt = clock.instant().plus(ROTATION);
        String keyId = issuer + "/" + new ObjectId().toHexString();
        String encoded = HexFormat.of().formatHex(pair.getPublic().getEncoded());
        Query expired = Query.query(Criteria.where("expiresAt").lte(clock.instant()));
        return mongo.remove(expired, PublishedKey.class)
                .then(mongo.insert(new PublishedKey(keyId, encoded, rotateAt.plus(LONGEST_LIFE))))
                .thenReturn(new ActiveKey(keyId, pair.getPrivate(), rotateAt));
    }

    private static Map<String, ?> asJwk(PublishedKey published) {
        try {
            byte[] encoded = HexFormat.of().parseHex(published.publicKey());
            RSAPublicKey key =
                    (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(encoded));
            return Jwks.builder()
                    .key(key)
                    .id(published.id())
                    .algorithm(Jwts.SIG.RS256.getId())
                    .publicKeyUse("sig")
                    .build();
        } catch (NoSuchAlgorithmException | InvalidKeySpecException broken) {
            throw new IllegalStateException("The published key " + published.id() + " cannot be read", broken);
        }
    }
}
