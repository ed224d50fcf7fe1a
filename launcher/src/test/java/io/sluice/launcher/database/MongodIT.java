package io.sluice.launcher.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.sluice.launcher.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** On a real {@code mongod}; its path is in the environment variable SLUICE_TEST_MONGOD. */
@EnabledIfEnvironmentVariable(
        named = "SLUICE_TEST_MONGOD",
        matches = ".+",
        disabledReason = "Skipped on a real MongoDB: SLUICE_TEST_MONGOD is not set")
@Timeout(300)
class MongodIT {

    @TempDir
    Path temporary;

    private final CompletableFuture<String> lost = new CompletableFuture<>();
    private DataFolder data;

    @BeforeEach
    void openTheFolder() {
        data = DataFolder.open(temporary.resolve("data"));
    }

    @AfterEach
    void endWhatStillRuns() throws IOException {
        RunningMongod.on(folder()).ifPresent(RunningMongod::stop);
        data.close();
    }

    @Test
    void keepsDocumentsFromOneStartToTheNext() {
        try (Database database = start()) {
            items(database.uri(), items -> items.insertOne(new Document("_id", 1)));
        }

        try (Database database = start()) {
            assertThat(items(database.uri(), MongoCollection::find)).containsExactly(new Document("_id", 1));
        }
        assertThat(lost).isNotDone();
    }

    @Test
    void isClosedToWhoDoesNotKnowThePassword() {
        try (Database database = start()) {
            String stranger = database.uri().replaceFirst("//.*@", "//").replaceFirst("\\?.*", "");

            assertThatThrownBy(() -> items(stranger, MongoCollection::find))
                    .isInstanceOf(MongoCommandException.class)
                    .hasMessageContaining("requires authentication");
        }
    }

    @Test
    void endsTheOneThatAKilledPlatformLeftBehind() throws IOException {
        Database leftBehind = start();
        items(leftBehind.uri(), items -> items.insertOne(new Document("_id", 1)));
        ProcessHandle orphan = RunningMongod.on(folder()).orElseThrow().process();

        try (Database database = start()) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(items(database.uri(), MongoCollection::find)).hasSize(1);
        }
    }

    @Test
    void leavesAStrangersProcessAlone() throws IOException {
        Process stranger = new ProcessBuilder("sleep", "300").start();
        try {
            Files.createDirectories(folder());
            Files.writeString(folder().resolve("mongod.lock"), stranger.pid() + "\n");

            start().close();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void saysWhenItEndsByItself() throws Exception {
        try (Database database = start()) {
            assertThat(database.description()).endsWith("mongod");

            RunningMongod.on(folder()).orElseThrow().process().destroyForcibly();

            assertThat(lost.get(30, TimeUnit.SECONDS)).startsWith("The database has ended by itself (exit code 137");
        }
    }

    @Test
    void takesOverWhatTheEmbeddedDatabaseHolds() {
        List<Document> documents = IntStream.range(0, 1234)
                .mapToObj(n -> new Document("_id", new ObjectId()).append("time", new Date(n)))
                .toList();
        try (Database embedded = start(Optional.empty(), false)) {
            items(embedded.uri(), items -> items.insertMany(documents));
        }
        assertThatThrownBy(this::start).hasMessageContaining("move its content to a mongod with --convert");

        try (Database mongod = start(Optional.of(Path.of(System.getenv("SLUICE_TEST_MONGOD"))), true)) {
            assertThat(items(mongod.uri(), MongoCollection::find)).containsExactlyInAnyOrderElementsOf(documents);
        }
        try (Database mongod = start()) {
            assertThat(items(mongod.uri(), MongoCollection::find)).hasSize(1234);
        }
    }

    private Path folder() {
        return data.resolve("mongod");
    }

    private Database start() {
        return start(Optional.of(Path.of(System.getenv("SLUICE_TEST_MONGOD"))), false);
    }

    private Database start(Optional<Path> program, boolean convert) {
        return new DatabaseChoice(Optional.empty(), program, false, convert, "").start(data, new Watch() {
            @Override
            public void outgrown(String collection) {}

            @Override
            public void lost(String why) {
                lost.complete(why);
            }
        });
    }

    private static <T> List<T> items(String uri, Function<MongoCollection<Document>, Publisher<T>> deed) {
        try (MongoClient client = MongoClients.create(uri)) {
            return Flux.from(deed.apply(client.getDatabase("sluice-test").getCollection("items")))
                    .collectList()
                    .blockOptional(Duration.ofSeconds(60))
                    .orElseThrow();
        }
    }
}
