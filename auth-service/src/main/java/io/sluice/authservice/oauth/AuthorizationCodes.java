package io.sluice.authservice.oauth;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.authservice.secret.Secret;
import io.sluice.authservice.user.User;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Pattern;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Gives out authorization codes and takes each back once. */
@Component
class AuthorizationCodes {

    /** Long enough for a redirect (RFC 6749 §4.1.2 allows ten minutes at most). */
    static final Duration LIFE = Duration.ofMinutes(1);

    private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    AuthorizationCodes(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** A code for what this user has agreed to. */
    Mono<Secret> give(User user, AuthorizationRequest request) {
        Secret code = Secret.random();
        Instant now = clock.instant();
        AuthorizationCode agreed = new AuthorizationCode(
                code.digest(),
                request.client().id(),
                request.redirectUri(),
                user.email(),
                request.scope(),
                request.challenge(),
                request.nonce(),
                now,
                now.plus(LIFE),
                null);
        // The embedded database sweeps nothing itself.
        return mongo.remove(Query.query(where("expiresAt").lte(now.minus(LIFE))), AuthorizationCode.class)
                .then(mongo.insert(agreed))
                .thenReturn(code);
    }

    /**
     * What was agreed to, if this is the client that was meant, and knows what it knew then; empty otherwise. A code that
     * was exchanged already is found, too.
     */
    Mono<AuthorizationCode> find(Secret code, String clientId, String redirectUri, String verifier) {
        return mongo.findById(code.digest(), AuthorizationCode.class)
                .filter(agreed -> clock.instant().isBefore(agreed.expiresAt())
                        && agreed.clientId().equals(clientId)
                        && agreed.redirectUri().equals(redirectUri)
                        && VERIFIER.matcher(verifier).matches()
                        && MessageDigest.isEqual(
                                challenge(verifier), agreed.challenge().getBytes(StandardCharsets.US_ASCII)));
    }

    /** Whether the code was exchanged for this session: of several who try at once, one is told so. */
    Mono<Boolean> exchange(AuthorizationCode agreed, String credentialId) {
        Query ifUnused =
                Query.query(where("_id").is(agreed.digest()).and("credentialId").is(null));
        return mongo.updateFirst(ifUnused, Update.update("credentialId", credentialId), AuthorizationCode.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /** The session that a code was exchanged for. */
    Mono<String> exchangedFor(AuthorizationCode agreed) {
        return mongo.findById(agreed.digest(), AuthorizationCode.class).mapNotNull(AuthorizationCode::credentialId);
    }

    private static byte[] challenge(String verifier) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encode(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
