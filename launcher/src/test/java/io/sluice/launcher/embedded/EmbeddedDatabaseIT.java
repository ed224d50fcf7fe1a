package io.sluice.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

@Timeout(120)
class EmbeddedDatabaseIT {

    @TempDir
    Path folder;

    private final List<String> outgrown = new ArrayList<>();

    @Test
    void keepsDocumentsAndIndexesFromOneStartToTheNext() throws IOException {
        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");
            DriverSession.all(items.createIndex(Indexes.ascending("key"), new IndexOptions().unique(true)));
            DriverSession.all(items.insertOne(new Document("_id", 1).append("key", "a")));
        }

        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");

            assertThat(DriverSession.all(items.find())).containsExactly(new Document("_id", 1).append("key", "a"));
            assertThatThrownBy(() -> DriverSession.all(items.insertOne(new Document("_id", 2).append("key", "a"))))
                    .isInstanceOf(MongoWriteException.class);
        }
    }

    @Test
    void findsByAnIndexWhatMatchesTheWholeQuery() throws IOException {
        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");
            DriverSession.all(items.createIndex(Indexes.ascending("folder", "name"), new IndexOptions().unique(true)));
            DriverSession.all(items.insertMany(
                    List.of(item(1, "x", "a", 7), item(2, "x", "b", 7), item(3, "y", "a", 8), item(4, "y", null, 8))));

            assertThat(ids(items, Filters.and(Filters.eq("_id", 1), Filters.eq("version", 7))))
                    .containsExactly(1);
            assertThat(ids(items, Filters.and(Filters.eq("_id", 1), Filters.eq("version", 8))))
                    .isEmpty();
            assertThat(ids(items, Filters.and(Filters.eq("folder", "x"), Filters.in("name", "b", "a", "c", "a"))))
                    .containsExactlyInAnyOrder(1, 2);
            assertThat(ids(items, Filters.and(Filters.in("folder", "x", "y"), Filters.in("name", "a", null))))
                    .containsExactlyInAnyOrder(1, 3, 4);
            assertThat(ids(items, Filters.and(Filters.eq("folder", "y"), Filters.ne("name", "a"))))
                    .containsExactly(4);
            assertThat(ids(
                            items,
                            new Document(
                                    "$and",
                                    List.of(
                                            new Document("_id", new Document("$in", List.of(1, 2, 3))),
                                            new Document("version", 7),
                                            new Document("_id", 2)))))
                    .containsExactly(2);
            assertThat(ids(items, Filters.or(Filters.eq("_id", 1), Filters.eq("_id", 4))))
                    .containsExactlyInAnyOrder(1, 4);
        }
    }

    private static Document item(int id, String folder, @Nullable String name, int version) {
        return new Document("_id", id)
                .append("folder", folder)
                .append("name", name)
                .append("version", version);
    }

    private static List<Integer> ids(MongoCollection<Document> items, Bson filter) {
        return DriverSession.all(items.find(filter)).stream()
                .map(found -> found.getInteger("_id"))
                .toList();
    }

    @Test
    void isClosedToWhoDoesNotKnowThePassword() throws IOException {
        try (EmbeddedDatabase database = open()) {
            String withoutPassword = database.uri().replaceFirst("//.*@", "//").replaceFirst("\\?.*", "");
            String withWrongPassword = database.uri().replaceFirst(":[0-9a-f]+@", ":wrong@");

            try (DriverSession session = new DriverSession(withoutPassword)) {
                assertThatThrownBy(() ->
                                DriverSession.all(session.collection("items").find()))
                        .isInstanceOf(MongoCommandException.class)
                        .hasMessageContaining("Unauthorized");
            }
            try (DriverSession session = new DriverSession(withWrongPassword)) {
                assertThatThrownBy(() ->
                                DriverSession.all(session.collection("items").find()))
                        .isInstanceOf(MongoSecurityException.class);
            }
        }
    }

    @Test
    void answersEachOfManyWritersWithItsOwnChange() throws IOException {
        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> counters = session.collection("counters");
            DriverSession.all(counters.insertOne(new Document("_id", "c").append("n", 0)));

            List<Integer> counts = Flux.range(0, 500)
                    .flatMap(
                            n -> counters.findOneAndUpdate(
                                    Filters.eq("c"),
                                    Updates.inc("n", 1),
                                    new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)),
                            32)
                    .map(counter -> counter.getInteger("n"))
                    .collectList()
                    .block();

            assertThat(counts)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, 500).boxed().toList());
        }
    }

    @Test
    void saysOnceThatACollectionHasOutgrownIt() throws IOException {
        try (EmbeddedDatabase database = open();
                DriverSession session = new DriverSession(database.uri())) {
            MongoCollection<Document> items = session.collection("items");
            for (int batch = 0; batch < 11; batch++) {
                DriverSession.all(items.insertMany(
                        IntStream.range(0, 1000).mapToObj(n -> new Document()).toList()));
                assertThat(outgrown).hasSize(batch < 10 ? 0 : 1);
            }
            DriverSession.all(items.insertOne(new Document()));

            assertThat(outgrown).containsExactly("sluice-test.items");
        }
    }

    private EmbeddedDatabase open() throws IOException {
        return EmbeddedDatabase.open(folder, outgrown::add, problem -> {});
    }
}
