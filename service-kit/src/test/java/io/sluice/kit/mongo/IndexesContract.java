package io.sluice.kit.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.mongo.Indexes.Index;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.IndexDefinition;
import org.springframework.data.mongodb.core.index.IndexInfo;

abstract class IndexesContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The embedded database does not have it, a real one has. */
    private static final IndexDefinition ON_EVERYTHING = ascending("$**");

    /** A real database refuses it, the embedded one takes no notice of the kind. */
    private static final IndexDefinition OF_NO_KIND = new CompoundIndexDefinition(new Document("tags", "no-such-kind"));

    private final ReactiveMongoTemplate mongo;
    private Indexes indexes;

    IndexesContract(MongoServer.Lease database) {
        this.mongo = database.template();
        this.indexes = new Indexes(mongo);
    }

    record Named(@Id ObjectId id, String name) {}

    record Tagged(@Id ObjectId id, Document tags) {}

    record Labelled(@Id ObjectId id, String colour) {}

    record Twice(@Id ObjectId id, String name) {}

    @AfterEach
    void stop() {
        indexes.stop();
    }

    @Test
    void isNotReadyBeforeTheIndexesExist() {
        indexes = new Indexes(mongo, unique(Named.class));

        assertThat(isReady()).isFalse();
        assertThat(indexes.isRunning()).isFalse();
    }

    @Test
    void isReadyWhenTheIndexesExist() {
        indexes = new Indexes(mongo, unique(Named.class));
        indexes.start();
        await().atMost(PATIENCE).until(this::isReady);

        Outcome.of(mongo.insert(new Named(new ObjectId(), "ann")));
        assertThatExceptionOfType(DuplicateKeyException.class)
                .isThrownBy(() -> Outcome.of(mongo.insert(new Named(new ObjectId(), "ann"))));
    }

    @Test
    void takesTheIndexesThatExistAlready() {
        indexes = new Indexes(mongo, unique(Named.class));
        indexes.start();
        await().atMost(PATIENCE).until(this::isReady);
        indexes.stop();

        indexes = new Indexes(mongo, unique(Named.class));
        indexes.start();

        await().atMost(PATIENCE).until(this::isReady);
    }

    @Test
    void doesWithoutAnOptionalIndexThatTheDatabaseDoesNotHave() {
        indexes = new Indexes(
                mongo,
                Index.optional(Tagged.class, ON_EVERYTHING),
                Index.optional(Tagged.class, OF_NO_KIND),
                unique(Named.class));
        indexes.start();

        await().atMost(PATIENCE).until(this::isReady);
    }

    @Test
    void takesTheFirstOfSeveralIndexesThatTheDatabaseHas() {
        indexes = new Indexes(
                mongo, Index.optional(Labelled.class, ON_EVERYTHING, ascending("colour"), ascending("size")));
        indexes.start();
        await().atMost(PATIENCE).until(this::isReady);

        assertThat(Outcome.of(mongo.indexOps(Labelled.class)
                        .getIndexInfo()
                        .map(IndexInfo::getName)
                        .filter(name -> !name.equals("_id_"))
                        .collectList()))
                .singleElement()
                .isIn("$**_1", "colour_1");
    }

    @Test
    void isNotReadyWhileDuplicatesPreventAUniqueIndex() {
        Twice first = Outcome.of(mongo.insert(new Twice(new ObjectId(), "ann")));
        Outcome.of(mongo.insert(new Twice(new ObjectId(), "ann")));
        indexes = new Indexes(mongo, unique(Twice.class));
        indexes.start();
        assertThat(isReady()).isFalse();

        Outcome.of(mongo.remove(first));

        await().atMost(PATIENCE).until(this::isReady);
    }

    private static Index unique(Class<?> collection) {
        return Index.required(
                collection, new org.springframework.data.mongodb.core.index.Index("name", Sort.Direction.ASC).unique());
    }

    private static IndexDefinition ascending(String key) {
        return new CompoundIndexDefinition(new Document(key, 1));
    }

    boolean isReady() {
        return isReady(indexes);
    }

    static boolean isReady(Indexes indexes) {
        return Outcome.of(indexes.health()).getStatus().equals(Status.UP);
    }
}
