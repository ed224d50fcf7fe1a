package io.sluice.kit.testing;

import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/**
 * The databases of a test run: one server of each kind in a JVM, started when the first test wants it and stopped with
 * the JVM. Test classes share the servers, never a database.
 */
public final class MongoServer {

    /** The environment variable with the path of a {@code mongod}; without it nothing runs on a real database. */
    static final String BINARY = "SLUICE_TEST_MONGOD";

    private static final long START_SECONDS = 60;
    private static final int STARTS = 3;
    private static final Map<Tenant, Lease> LEASES = new ConcurrentHashMap<>();

    private MongoServer() {}

    private record Tenant(Database database, Class<?> testClass) {}

    /**
     * An empty database.
     *
     * @param uri of the server, such as {@code mongodb://127.0.0.1:34567}
     * @param name of the database, which nobody else has
     */
    public record Lease(String uri, String name) {

        /** Access to the database. The client lives as long as the JVM: a template never closes it. */
        public ReactiveMongoTemplate template() {
            MongoClient client = MongoClients.create(uri);
            Runtime.getRuntime().addShutdownHook(new Thread(client::close));
            return new ReactiveMongoTemplate(client, name);
        }
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
            var server = new de.bwaldvogel.mongo.MongoServer(H2Backend.inMemory());
            int port = server.bind().getPort();
            Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
            return "mongodb://127.0.0.1:" + port;
        }
    }

    private static final class Mongod {

        static final String URI = start(Path.of(System.getenv(BINARY)));

        /** Somebody else may take the free port before mongod does; then another one is tried. */
        private static String start(Path binary) {
            for (int attempt = 1; ; attempt++) {
                int port = freePort();
                try {
                    start(binary, port);
                    return "mongodb://127.0.0.1:" + port;
                } catch (IllegalStateException failed) {
                    if (attempt == STARTS) {
                        throw failed;
                    }
                }
            }
        }

        private static void start(Path binary, int port) {
            try {
                Path folder = Files.createTempDirectory("sluice-mongod-");
                Process process = new ProcessBuilder(
                                binary.toString(),
                                "--dbpath",
                                folder.toString(),
                                "--port",
                                Integer.toString(port),
                                "--bind_ip",
                                "127.0.0.1",
                                "--nounixsocket",
                                "--wiredTigerCacheSizeGB",
                                "0.25")
                        .redirectErrorStream(true)
                        .start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, folder)));
                awaitReady(process);
            } catch (IOException failed) {
                throw new UncheckedIOException(BINARY + " names no program that starts: " + binary, failed);
            }
        }

        /** Reads what mongod says until it listens, and goes on reading, because a full pipe would stop it. */
        private static void awaitReady(Process process) {
            CompletableFuture<Void> ready = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                String last = "";
                try (BufferedReader output = process.inputReader()) {
                    for (String line = output.readLine(); line != null; line = output.readLine()) {
                        last = line;
                        if (line.contains("Waiting for connections")) {
                            ready.complete(null);
                        }
                    }
                } catch (IOException closed) {
                    last = closed.toString();
                }
                ready.completeExceptionally(new IllegalStateException("mongod has ended: " + last));
            });
            reader.setDaemon(true);
            reader.start();
            try {
                ready.get(START_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException failed) {
                process.destroyForcibly();
                throw new IllegalStateException("mongod does not start", failed);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(interrupted);
            }
        }

        private static int freePort() {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }

        private static void stop(Process process, Path folder) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException interrupted) {
                process.destroyForcibly();
            }
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> deepestFirst =
                        files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : deepestFirst) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException remains) {
                System.err.println("Left behind: " + folder + " (" + remains + ")");
            }
        }
    }
}
