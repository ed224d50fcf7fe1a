package io.sluice.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The launcher in a process of its own, as {@code ./sluice up} runs it. */
final class Launched implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<String> said = new ArrayList<>();

    private Launched(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static Launched with(String... options) throws IOException {
        return with(Map.of(), options);
    }

    static Launched with(Map<String, String> environment, String... options) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                // It does not run for long enough to gain by the second compiler.
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Launcher.class.getName()),
                        Stream.of(options))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("SLUICE_"));
        builder.environment().putAll(environment);
        return new Launched(builder.start());
    }

    /** What it has said up to this line, or to its end. */
    List<String> saidUntil(String line) {
        try {
            String next = "";
            while (!next.equals(line) && (next = output.readLine()) != null) {
                said.add(next);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has said when it has ended by itself. */
    List<String> saidInAll() {
        return saidUntil("\0");
    }

    /** Asks it to stop, as a service manager does. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Ends it as a power cut would. */
    void kill() {
        process.toHandle().destroyForcibly();
        saidInAll();
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The launcher is still running.");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
