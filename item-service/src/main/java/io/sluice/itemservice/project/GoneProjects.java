package io.sluice.itemservice.project;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.ReplaceOptions;
import java.time.Clock;
import java.util.Date;
import org.bson.Document;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The projects that were deleted: nothing may be made in them any more, whatever a request under way believes. */
@Component
public class GoneProjects {

    private static final String COLLECTION = "gone_projects";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    GoneProjects(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** Says that a project is gone; comes before the deletion of what is in it. */
    public Mono<Void> add(String projectId) {
        Document gone = new Document("_id", projectId).append("deletedAt", Date.from(clock.instant()));
        return mongo.execute(
                        COLLECTION,
                        all -> all.replaceOne(Filters.eq("_id", projectId), gone, new ReplaceOptions().upsert(true)))
                .then();
    }

    public Mono<Boolean> contains(String projectId) {
        return mongo.execute(
                        COLLECTION,
                        all -> all.find(Filters.eq("_id", projectId)).limit(1))
                .hasElements();
    }
}
