package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.kit.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.unit.DataSize;

/** An S3 server that keeps its data in a folder: {@code versitygw}, of this JVM's own, on a free port of this machine. */
final class S3Server implements AutoCloseable {

    /** The environment variable with the path of the program. */
    static final String BINARY = "SLUICE_TEST_S3";

    static final String BUCKET = "bytes";

    private static final String KEY = "tests";
    private static final String SECRET = "tests-only";
    private static final Duration START = Duration.ofSeconds(60);

    private final int port = FreePort.find();
    private final Path folder;
    private @Nullable Process process;

    S3Server() {
        try {
            folder = Files.createTempDirectory("sluice-s3-");
            Files.createDirectories(folder.resolve("data").resolve(BUCKET));
            Files.createDirectories(folder.resolve("about"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        start();
    }

    /** Skips a test where there is no server, and says so once. */
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    @Inherited
    @ExtendWith(Condition.class)
    @interface Needed {}

    static final class Condition implements ExecutionCondition {

        private static boolean isSaid;

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (binary().isPresent()) {
                return ConditionEvaluationResult.enabled("The server is there");
            }
            String reason = "Tests on a real S3 server are skipped: " + BINARY + " names no versitygw";
            sayOnce(reason);
            return ConditionEvaluationResult.disabled(reason);
        }

        /** Maven shows how many tests were skipped, but not why. */
        private static synchronized void sayOnce(String reason) {
            if (!isSaid) {
                isSaid = true;
                System.out.println(reason);
            }
        }
    }

    private static Optional<Path> binary() {
        return Optional.ofNullable(System.getenv(BINARY))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .filter(Files::isExecutable);
    }

    /** Starts it, perhaps again, with what it has kept. */
    void start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(
                    binary().orElseThrow().toString(),
                    "--port",
                    "127.0.0.1:" + port,
                    "--quiet",
                    "posix",
                    "--sidecar",
                    folder.resolve("about").toString(),
                    folder.resolve("data").toString());
            builder.environment().put("ROOT_ACCESS_KEY", KEY);
            builder.environment().put("ROOT_SECRET_KEY", SECRET);
            builder.redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile());
            process = builder.start();
            awaitReady(process);
        } catch (IOException failed) {
            throw new UncheckedIOException(BINARY + " names no program that starts", failed);
        }
    }

    private void awaitReady(Process started) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < end && started.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                Thread.onSpinWait();
            }
        }
        throw new IllegalStateException("versitygw does not start: " + Files.readString(folder.resolve("log")));
    }

    /** As {@code kill -9}. */
    void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroyForcibly();
        try {
            running.waitFor(START.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    URI blobs(String prefix) {
        return URI.create("s3://" + BUCKET + "/" + prefix);
    }

    S3Properties properties() {
        return properties(KEY, SECRET);
    }

    S3Properties properties(String key, String secret) {
        return new S3Properties(
                URI.create("http://127.0.0.1:" + port),
                null,
                null,
                key,
                secret,
                null,
                DataSize.ofMegabytes(5),
                4,
                8,
                16,
                Duration.ofSeconds(5));
    }

    /** Files of objects and of uploads in parts below a prefix, by what the server has in its folder. */
    List<String> files(String prefix) {
        try (Stream<Path> files = Files.walk(folder.resolve("data").resolve(BUCKET))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.resolve("data")
                            .resolve(BUCKET)
                            .relativize(file)
                            .toString())
                    .filter(name -> name.startsWith(prefix) || name.startsWith(".sgwtmp"))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        kill();
        if (Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException remains) {
            System.err.println("Left behind: " + folder + " (" + remains + ")");
        }
    }
}
