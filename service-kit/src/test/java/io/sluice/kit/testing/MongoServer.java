package io.sluice.kit.testing;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/**
 * The databases of a test run: one server of each kind in a JVM, started when the first test wants it and stopped with
 * the JVM. Test classes share the servers, never a database.
 */
public final class MongoServer {

    /** The environment variable with the path of a {@code mongod}; without it nothing runs on a real database. */
    static final String BINARY = "SLUICE_TEST_MONGOD";

    private static final Map<Tenant, Lease> LEASES = new ConcurrentHashMap<>();
    private static final Map<String, MongoClient> CLIENTS = new ConcurrentHashMap<>();

    private MongoServer() {}

    private record Tenant(Database database, Class<?> testClass) {}

    /**
     * An empty database.
     *
     * @param uri of the server, such as {@code mongodb://127.0.0.1:34567}
     * @param name of the database, which nobody else has
     */
    public record Lease(String uri, String name) {

        /** Access to the database, by a client that lives as long as the JVM. */
        public ReactiveMongoTemplate template() {
            return new ReactiveMongoTemplate(CLIENTS.computeIfAbsent(uri, MongoServer::connect), name);
        }
    }

    private static MongoClient connect(String uri) {
        MongoClient client = MongoClients.create(uri);
        Runtime.getRuntime().addShutdownHook(new Thread(client::close));
        return client;
    }

    /** The database of a test class: the same one however often it is asked for. */
    public static Lease lease(Database database, Class<?> testClass) {
        return LEASES.computeIfAbsent(new Tenant(database, testClass), MongoServer::lease);
    }

    private static Lease lease(Tenant tenant) {
        String uri = switch (tenant.database()) {
            case EMBEDDED -> Embedded.URI;
            case MONGOD -> Mongod.URI;
        };
        String prefix = tenant.testClass().getSimpleName().toLowerCase(Locale.ROOT);
        String shortened = prefix.substring(0, Math.min(prefix.length(), 30));
        return new Lease(uri, shortened + "-" + UUID.randomUUID().toString().substring(0, 8));
    }

    /** Why tests cannot run on that kind of database; empty when they can. */
    static Optional<String> reasonToSkip(Database database) {
        if (database == Database.MONGOD && System.getenv(BINARY) == null) {
            return Optional.of("Skipped on a real MongoDB: " + BINARY + " is not set");
        }
        return Optional.empty();
    }

    private static final class Embedded {

        static final String URI = start();

        private static String start() {
            var server = new de.bwaldvogel.mongo.MongoServer(new EmbeddedBackend());
            int port = server.bind().getPort();
            Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
            return "mongodb://127.0.0.1:" + port;
        }
    }

    /** Knows {@code hello}, too, as the one of {@code ./sluice up} does: health checks ask by it. */
    private static final class EmbeddedBackend extends H2Backend {

        EmbeddedBackend() {
            super(MVStore.open(null));
        }

        @Override
        public @Nullable Document handleCommand(Channel channel, String database, String command, Document query) {
            String known = command.equals("hello") ? "ismaster" : command;
            return super.handleCommand(channel, database, known, query);
        }
    }

    private static final class Mongod {

        static final String URI = MongodProcess.start(Path.of(System.getenv(BINARY)));
    }
}
