package io.sluice.authservice.org;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.authservice.departure.EndsWithAccount;
import java.time.Clock;
import org.bson.Document;
import org.springframework.core.annotation.Order;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Takes somebody whose account has ended out of all organizations and their groups, also the last owner of one. */
@Component
@Order(2)
class OrganizationMembershipsEnd implements EndsWithAccount {

    private final ReactiveMongoTemplate mongo;
    private final OrganizationContents contents;
    private final Clock clock;

    OrganizationMembershipsEnd(ReactiveMongoTemplate mongo, OrganizationContents contents, Clock clock) {
        this.mongo = mongo;
        this.contents = contents;
        this.clock = clock;
    }

    /** The groups come first: once the membership is gone, nothing says any more which groups to look at. */
    @Override
    public Mono<Void> endFor(String userId) {
        Query theirs = Query.query(where("members.email").is(userId));
        Update end = new Update()
                .pull("members", new Document("email", userId))
                .set("updatedAt", clock.instant())
                .inc("version", 1);
        return mongo.find(theirs, Organization.class)
                .concatMap(organization -> contents.leave(organization.id(), userId))
                .then(Mono.defer(() -> mongo.updateMulti(theirs, end, Organization.class)))
                .then();
    }
}
