package io.sluice.itemservice.content;

import java.time.Clock;
import java.util.Collection;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Remembers bytes that may have become nobody's, for the {@link BlobSweep}. Written before the documents that named them
 * go: a crash in between costs a look, not a leak.
 */
@Component
public class ReleasedBlobs {

    private static final int AT_ONCE = 16;

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    ReleasedBlobs(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    public Mono<Void> add(Collection<String> digests) {
        return Flux.fromIterable(digests)
                .flatMap(digest -> mongo.save(new ReleasedBlob(digest, clock.instant())), AT_ONCE)
                .then();
    }
}
