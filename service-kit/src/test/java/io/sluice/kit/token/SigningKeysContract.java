package io.sluice.kit.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.security.Key;
import java.security.PublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

abstract class SigningKeysContract {

    private static final Duration HOUR = Duration.ofHours(1);

    private final MovableClock clock = new MovableClock();
    private final String issuer = "auth-service-" + UUID.randomUUID();
    private final ReactiveMongoTemplate mongo;

    SigningKeysContract(MongoServer.Lease database) {
        this.mongo = database.template();
    }

    @Test
    void signsWhatTheIssuerSaysWithAPublishedKey() {
        SigningKeys keys = process();

        Jws<Claims> token = verified(sign(keys), keys);

        assertThat(token.getHeader().getAlgorithm()).isEqualTo("ES256");
        assertThat(token.getHeader().getKeyId()).startsWith(issuer + "/");
        assertThat(token.getPayload().getIssuer()).isEqualTo(issuer);
        assertThat(token.getPayload().getAudience()).containsExactly("sluice");
        assertThat(token.getPayload().getSubject()).isEqualTo("ann@example.org");
        assertThat(token.getPayload().get("roles")).isEqualTo(List.of("user"));
        assertThat(token.getPayload().getId()).isNotEmpty();
        assertThat(token.getPayload().getExpiration().toInstant().getEpochSecond())
                .isEqualTo(clock.instant().plus(HOUR).getEpochSecond());
    }

    @Test
    void publishesAKeyBeforeItSignsWithIt() {
        SigningKeys replica = process();

        String token = sign(process());

        assertThat(published(replica)).containsKey(keyId(token));
    }

    @Test
    void publishesTheKeysOfAllProcesses() {
        SigningKeys one = process();
        SigningKeys other = process();

        Set<String> signedWith = Set.of(keyId(sign(one)), keyId(sign(other)));

        assertThat(signedWith).hasSize(2);
        assertThat(published(one)).containsOnlyKeys(signedWith);
        assertThat(published(other)).containsOnlyKeys(signedWith);
    }

    @Test
    void makesOneKeyHoweverManyAreSignedAtOnce() {
        SigningKeys keys = process();

        List<String> keyIds = Outcome.of(Flux.range(0, 16)
                .flatMap(number -> keys.sign("sluice", "ann@example.org", HOUR, Map.of()))
                .map(this::keyId)
                .distinct()
                .collectList());

        assertThat(keyIds).hasSize(1);
        assertThat(published(keys)).containsOnlyKeys(keyIds);
    }

    @Test
    void takesANewKeyAfterADayAndKeepsTheOldOnePublishedWhileItsTokensLive() {
        SigningKeys keys = process();
        String first = sign(keys);
        clock.advance(KeysInMemory.ROTATION.minusSeconds(1));
        assertThat(keyId(sign(keys))).isEqualTo(keyId(first));
        clock.advance(Duration.ofSeconds(1));

        String second = sign(keys);

        assertThat(keyId(second)).isNotEqualTo(keyId(first));
        assertThat(published(keys)).containsOnlyKeys(keyId(first), keyId(second));
        clock.advance(SigningKeys.ORDINARY_LIFE.minusSeconds(1));
        assertThat(published(keys)).containsKey(keyId(first));
        clock.advance(Duration.ofSeconds(1));
        assertThat(published(keys)).doesNotContainKey(keyId(first)).containsKey(keyId(second));
    }

    @Test
    void makesNoKeyForWhoOnlyAsksForThem() {
        SigningKeys keys = process();

        assertThat(published(keys)).isEmpty();
    }

    @Test
    void publishesNoPrivatePart() {
        SigningKeys keys = process();
        sign(keys);

        String document = JsonMapper.builder().build().writeValueAsString(Outcome.of(keys.publicKeys()));

        assertThat(document).contains("\"x\"", "\"y\"", "ES256").doesNotContain("\"d\"");
    }

    @Test
    void keepsAKeyPublishedForALongTokenAndRefusesOneThatLivesTooLong() {
        SigningKeys keys = process();
        Duration year = Duration.ofDays(365);
        String longToken = Outcome.of(keys.sign("sluice", "ann@example.org", year, Map.of()));
        clock.advance(year.minusSeconds(1));
        sign(process());

        assertThat(published(keys)).containsKey(keyId(longToken));
        clock.advance(Duration.ofSeconds(1));
        assertThat(published(keys)).doesNotContainKey(keyId(longToken));

        Duration tooLong = SigningKeys.LONGEST_LIFE.plusSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys.sign("sluice", "ann@example.org", tooLong, Map.of()));
    }

    @Test
    void signsForAnotherServiceInItsOwnName() {
        SigningKeys keys = process();

        String token = Outcome.of(new ServiceTokens(issuer, keys).forService("item-service"));

        Claims claims = verified(token, keys).getPayload();
        assertThat(claims.getSubject()).isEqualTo(issuer);
        assertThat(claims.getAudience()).containsExactly("item-service");
        assertThat(claims.getExpiration().toInstant()).isBefore(clock.instant().plus(Duration.ofMinutes(2)));
    }

    /** Keys as a further replica of the service has them. */
    private SigningKeys process() {
        return new SigningKeys(issuer, mongo, clock, KeyPairs.ellipticCurve());
    }

    private static String sign(SigningKeys keys) {
        return Outcome.of(keys.sign("sluice", "ann@example.org", HOUR, Map.of("roles", List.of("user"))));
    }

    private Jws<Claims> verified(String token, SigningKeys keys) {
        return Jwts.parser()
                .clock(() -> Date.from(clock.instant()))
                .verifyWith((PublicKey) published(keys).get(keyId(token)))
                .build()
                .parseSignedClaims(token);
    }

    private String keyId(String token) {
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
