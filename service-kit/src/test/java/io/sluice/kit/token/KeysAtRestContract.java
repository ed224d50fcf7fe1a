package io.sluice.kit.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import tools.jackson.databind.json.JsonMapper;

abstract class KeysAtRestContract {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration ROTATION = Duration.ofDays(30);

    private final MovableClock clock = new MovableClock();
    private final String issuer = "auth-service-" + UUID.randomUUID();
    private final byte[] secret = random();
    private final ReactiveMongoTemplate mongo;

    KeysAtRestContract(MongoServer.Lease database) {
        this.mongo = database.template();
    }

    @Test
    void signsWithOneKeyOnAllReplicasAndAfterARestart() {
        String first = keyId(sign(replica()));

        assertThat(keyId(sign(replica()))).isEqualTo(first);
        assertThat(published(replica())).containsOnlyKeys(first);
    }

    @Test
    void keepsThePrivateHalfEncryptedOnly() {
        String keyId = keyId(sign(replica()));

        Document stored = Outcome.of(mongo.findById(keyId, Document.class, "signing_keys"));
        byte[] sealed = HexFormat.of().parseHex(stored.getString("sealed"));

        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("RSA");
        assertThat(new KeySeal(secret).open(keyId, stored.getString("sealed"))).isPresent();
        assertThat(new KeySeal(random()).open(keyId, stored.getString("sealed")))
                .isEmpty();
    }

    @Test
    void publishesTheNextKeyBeforeItSignsAndTheLastOneForAsLongAsItsTokensLive() {
        SigningKeys keys = replica();
        SigningKeys other = replica();
        String last = sign(keys);
        sign(other);

        SigningKeys.NextKey next = Outcome.of(keys.rotate());

        assertThat(published(other)).containsOnlyKeys(keyId(last), next.keyId());
        assertThat(keyId(sign(keys))).isEqualTo(keyId(last));
        clock.advance(KeysAtRest.OVERLAP);
        assertThat(List.of(keyId(sign(keys)), keyId(sign(other)))).containsOnly(next.keyId());
        verify(last, other);
        clock.advance(SigningKeys.ORDINARY_LIFE);
        assertThat(published(other)).containsOnlyKeys(next.keyId());
    }

    @Test
    void changesTheKeyByAgeWithoutAGap() {
        SigningKeys keys = replica();
        String first = keyId(sign(keys));
        clock.advance(ROTATION.minus(KeysAtRest.LEAD).minusSeconds(1));
        assertThat(keyId(sign(keys))).isEqualTo(first);
        clock.advance(Duration.ofSeconds(1).plus(KeysAtRest.REREAD));

        assertThat(keyId(sign(keys))).isEqualTo(first);
        assertThat(published(keys)).hasSize(2);
        clock.advance(KeysAtRest.OVERLAP);

        assertThat(keyId(sign(keys))).isNotEqualTo(first);
        assertThat(published(keys)).hasSize(2).containsKey(first);
    }

    @Test
    void makesANewKeyWhenItsSecretIsAnotherAndStillPublishesTheOld() {
        String before = sign(replica());

        SigningKeys moved = new SigningKeys(issuer, mongo, clock, KeyPairs.rsa(), new KeySeal(random()), ROTATION);
        String after = sign(moved);

        assertThat(keyId(after)).isNotEqualTo(keyId(before));
        verify(before, moved);
        verify(after, replica());
    }

    @Test
    void forgetsThePrivateHalvesOfKeysThatSignNoMore() {
        String first = keyId(sign(replica()));
        Outcome.of(replica().rotate());
        clock.advance(KeysAtRest.OVERLAP);
        Outcome.of(replica().rotate());

        assertThat(Outcome.of(mongo.findById(first, Document.class, "signing_keys")))
                .doesNotContainKey("sealed")
                .containsKey("publicKey");
    }

    private SigningKeys replica() {
        return new SigningKeys(issuer, mongo, clock, KeyPairs.rsa(), new KeySeal(secret), ROTATION);
    }

    private static byte[] random() {
        byte[] bytes = new byte[KeySeal.SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static String sign(SigningKeys keys) {
        return Outcome.of(keys.sign("sluice", "ann@example.org", HOUR, Map.of("roles", List.of("user"))));
    }

    private void verify(String token, SigningKeys keys) {
        Jwts.parser()
                .clock(() -> Date.from(clock.instant()))
                .verifyWith((PublicKey) published(keys).get(keyId(token)))
                .build()
                .parseSignedClaims(token);
    }

    private static String keyId(String token) {
        String header = new String(Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))));
        return JsonMapper.builder().build().readTree(header).get("kid").asString();
    }

    /** Of this test's issuer; the tests of a class share a database. */
    private Map<String, Key> published(SigningKeys keys) {
        String document = JsonMapper.builder().build().writeValueAsString(Outcome.of(keys.publicKeys()));
        return Jwks.setParser().build().parse(document).getKeys().stream()
                .filter(key -> key.getId().startsWith(issuer))
                .collect(Collectors.toMap(Jwk::getId, Jwk::toKey));
    }
}
