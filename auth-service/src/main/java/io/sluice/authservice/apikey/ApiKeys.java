package io.sluice.authservice.apikey;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.authservice.credential.Credentials;
import io.sluice.authservice.secret.Secret;
import io.sluice.authservice.session.UserTokens;
import io.sluice.authservice.session.UserTokens.Holder;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bson.types.ObjectId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The keys that are neither revoked nor over. */
@Component
class ApiKeys implements Credentials {

    private final ReactiveMongoTemplate mongo;
    private final UserRepository users;
    private final UserTokens tokens;
    private final Clock clock;

    ApiKeys(ReactiveMongoTemplate mongo, UserRepository users, UserTokens tokens, Clock clock) {
        this.mongo = mongo;
        this.users = users;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** What is kept, and the key itself. */
    record Made(ApiKey key, String jwt) {

        @Override
        public String toString() {
            return "Made[" + key + "]";
        }
    }

    /** Empty when there is no such user. */
    Mono<Made> make(String userId, NewApiKey wanted) {
        Instant now = clock.instant();
        Duration life = wanted.life(now);
        return users.findById(userId).flatMap(user -> make(user, wanted, new ObjectId().toHexString(), now, life));
    }

    private Mono<Made> make(User user, NewApiKey wanted, String id, Instant now, Duration life) {
        Holder holder = new Holder(
                ApiKey.CREDENTIAL + id,
                user.email(),
                user.name(),
                user.roles(),
                wanted.scopeNames(),
                wanted.projects());
        return tokens.issue(holder, life).flatMap(jwt -> {
            ApiKey key = new ApiKey(
                    id,
                    "",
                    user.email(),
                    wanted.nameOrEmpty(),
                    wanted.descriptionOrEmpty(),
                    new Secret(jwt).digest(),
                    wanted.scopeNames(),
                    wanted.projects(),
                    now,
                    now.plus(life));
            return removeExpired(user.email()).then(insert(key, 0)).map(kept -> new Made(kept, jwt));
        });
    }

    private Mono<Void> removeExpired(String userId) {
        Query expired = Query.query(where("userId").is(userId).and("expiresAt").lte(clock.instant()));
        return mongo.remove(expired, ApiKey.class).then();
    }

    /** Takes the first free slot; that is one write, so the limit holds however many keys are made at once. */
    private Mono<ApiKey> insert(ApiKey key, int slot) {
        if (slot == ApiKey.MOST) {
            return Mono.error(() -> Problem.ALREADY_EXISTS.with(
                    "You have " + ApiKey.MOST + " API keys, which is the most; revoke one of them first"));
        }
        return mongo.insert(key.in(slot)).onErrorResume(DuplicateKeyException.class, taken -> insert(key, slot + 1));
    }

    Flux<ApiKey> of(String userId) {
        Query theirs = Query.query(live(where("userId").is(userId))).with(Sort.by("_id"));
        return mongo.find(theirs, ApiKey.class);
    }

    Mono<ApiKey> find(String userId, String id) {
        return mongo.findOne(Query.query(live(where("_id").is(id).and("userId").is(userId))), ApiKey.class);
    }

    /** Whether there was one to be revoked. */
    Mono<Boolean> revoke(String userId, String id) {
        Query one = Query.query(where("_id").is(id).and("userId").is(userId));
        return mongo.remove(one, ApiKey.class).map(result -> result.getDeletedCount() > 0);
    }

    @Override
    public String prefix() {
        return ApiKey.CREDENTIAL;
    }

    @Override
    public Mono<Boolean> isActive(String credentialId, String userId) {
        return find(userId, credentialId.substring(ApiKey.CREDENTIAL.length())).hasElement();
    }

    @Override
    public Mono<Void> endAllOf(String userId) {
        return mongo.remove(Query.query(where("userId").is(userId)), ApiKey.class)
                .then();
    }

    /** Programs go on when their owner takes a new password. */
    @Override
    public boolean endWithThePassword() {
        return false;
    }

    private Criteria live(Criteria which) {
        return which.and("expiresAt").gt(clock.instant());
    }
}
