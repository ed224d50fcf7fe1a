package io.sluice.kit.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A {@code mongod} of this JVM's own, on a free port of this machine and in a temporary folder. */
final class MongodProcess {

    private static final long START_SECONDS = 60;
    private static final int STARTS = 3;

    private MongodProcess() {}

    /** Somebody else may take the free port before mongod does; then another one is tried. */
    static String start(Path binary) {
        for (int attempt = 1; ; attempt++) {
            int port = FreePort.find();
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
            throw new UncheckedIOException(MongoServer.BINARY + " names no program that starts: " + binary, failed);
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
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException remains) {
            System.err.println("Left behind: " + folder + " (" + remains + ")");
        }
    }
}
