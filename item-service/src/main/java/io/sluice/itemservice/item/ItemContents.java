package io.sluice.itemservice.item;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import io.sluice.itemservice.content.NamedContents;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.conversions.Bson;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The bytes that items name, as they are or as they were. */
public final class ItemContents implements NamedContents {

    private static final String CONTENT = "content";
    private static final String SHA256 = "sha256";
    private static final String FIELD = CONTENT + "." + SHA256;
    private static final long LONGEST_MINUTES = 120;

    private final ReactiveMongoTemplate mongo;

    public ItemContents(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public Mono<Boolean> exist(String sha256) {
        return named(List.of(sha256)).map(named -> !named.isEmpty());
    }

    @Override
    public Mono<Set<String>> named(Collection<String> digests) {
        Bson isOneOfThem = Filters.in(FIELD, digests);
        return mongo.execute(Item.class, items -> items.distinct(FIELD, isOneOfThem, String.class))
                .concatWith(mongo.execute(
                        ItemRevision.class, revisions -> revisions.distinct(FIELD, isOneOfThem, String.class)))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Flux<String> all() {
        return all(Item.class).concatWith(all(ItemRevision.class));
    }

    private Flux<String> all(Class<?> documents) {
        return mongo.execute(
                        documents,
                        some -> some.find(Filters.exists(FIELD))
                                .projection(Projections.include(FIELD))
                                .maxTime(LONGEST_MINUTES, TimeUnit.MINUTES))
                .mapNotNull(document -> document.getEmbedded(List.of(CONTENT, SHA256), String.class))
                .cast(String.class);
    }
}
