package io.sluice.kit.mongo;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import java.util.Map;
import org.bson.Document;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.data.mongodb.core.query.BasicQuery;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A service that keeps things, and has nothing else but what the kit gives it. */
@SpringBootApplication
class StoringApplication {

    record Thing(
            @Id String name,
            String label,
            JsonObject tags,
            @Version long version) {}

    @Bean
    Indexes indexes(ReactiveMongoTemplate mongo) {
        return new Indexes(mongo, Indexes.Index.required(Thing.class, new Index("label", Sort.Direction.ASC).unique()));
    }

    @RestController
    @RequestMapping("/api/v1/things")
    static class ThingController {

        private final ReactiveMongoTemplate mongo;

        ThingController(ReactiveMongoTemplate mongo) {
            this.mongo = mongo;
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping
        Mono<Document> create(@RequestBody Thing thing) {
            return mongo.insert(thing).flatMap(kept -> stored(kept.name()));
        }

        @OpenTo(Audience.SIGNED_IN)
        @PutMapping
        Mono<Thing> replace(@RequestBody Thing thing) {
            return mongo.save(thing);
        }

        @OpenTo(Audience.SIGNED_IN)
        @PostMapping("/slow")
        Mono<Map<String, Integer>> slow() {
            BasicQuery query = new BasicQuery("{\"$where\":\"sleep(500) || true\"}");
            query.maxTimeMsec(50);
            return mongo.find(query, Thing.class).collectList().map(found -> Map.of("found", found.size()));
        }

        private Mono<Document> stored(String name) {
            return mongo.findById(name, Document.class, mongo.getCollectionName(Thing.class));
        }
    }
}
