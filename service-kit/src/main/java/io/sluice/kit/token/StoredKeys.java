package io.sluice.kit.token;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import java.time.Clock;
import java.time.Instant;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The keys of one issuer in its database, where all replicas see them. */
class StoredKeys {

    private final String issuer;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    StoredKeys(String issuer, ReactiveMongoTemplate mongo, Clock clock) {
        this.issuer = issuer;
        this.mongo = mongo;
        this.clock = clock;
    }

    /** The issuer comes first in the id, so that a verifier knows whom to ask for it. */
    String newId() {
        return issuer + "/" + new ObjectId().toHexString();
    }

    /** Publishes a key, and forgets those that nothing valid was signed with. */
    Mono<Void> publish(StoredKey key) {
        Query over = Query.query(where("expiresAt").lte(clock.instant()).andOperator(noTokenAfter(clock.instant())));
        return mongo.remove(over, StoredKey.class).then(mongo.insert(key)).then();
    }

    /** All whose tokens may still be good. */
    Flux<StoredKey> published() {
        Instant now = clock.instant();
        Criteria live = new Criteria()
                .orOperator(where("expiresAt").gt(now), where("longestToken").gt(now));
        return mongo.find(Query.query(live), StoredKey.class);
    }

    /** Those of this issuer whose private halves are kept here and which may sign now or soon. */
    Flux<StoredKey> sealed() {
        Query query = Query.query(where("sealed").exists(true).and("retiresAt").gt(clock.instant()));
        return mongo.find(query, StoredKey.class).filter(key -> key.id().startsWith(issuer + "/"));
    }

    /** Keeps a key published for a token that outlives its ordinary end. */
    Mono<Void> publishUntil(String id, Instant end) {
        Update longer = new Update().max("longestToken", end);
        return mongo.updateFirst(Query.query(where("_id").is(id)), longer, StoredKey.class)
                .filter(result -> result.getMatchedCount() == 1)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("The key " + id + " is not published")))
                .then();
    }

    /** Lets a key sign until then and no longer. */
    Mono<Void> retire(String id, Instant end) {
        Update retired = Update.update("retiresAt", end).set("expiresAt", end.plus(SigningKeys.ORDINARY_LIFE));
        Query ifLater = Query.query(where("_id").is(id).and("retiresAt").gt(end));
        return mongo.updateFirst(ifLater, retired, StoredKey.class).then();
    }

    /** Forgets the private halves of keys that sign no more. */
    Mono<Void> forgetRetired() {
        Query retired =
                Query.query(where("sealed").exists(true).and("retiresAt").lte(clock.instant()));
        return mongo.updateMulti(retired, new Update().unset("sealed"), StoredKey.class)
                .then();
    }

    private static Criteria noTokenAfter(Instant now) {
        return new Criteria()
                .orOperator(
                        where("longestToken").exists(false),
                        where("longestToken").is(null),
                        where("longestToken").lte(now));
    }
}
