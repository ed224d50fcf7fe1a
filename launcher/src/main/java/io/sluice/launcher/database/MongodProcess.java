package io.sluice.launcher.database;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The process of a {@code mongod}: started, waited for and stopped. */
final class MongodProcess {

    private static final int ANSWERS_WITHIN_SECONDS = 60;
    private static final Path NEW_SESSION = Path.of("/usr/bin/setsid");

    private final Process process;
    private final int port;
    private final MongodLog log;

    private MongodProcess(Process process, int port, MongodLog log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    static MongodProcess start(Path program, Path folder, Path logs) throws IOException {
        RunningMongod.on(folder).ifPresent(RunningMongod::stop);
        Files.createDirectories(folder);
        MongodLog log = MongodLog.in(logs);
        int port = freePort();
        Process process = new ProcessBuilder(command(program, folder, port, log.file()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.file().toFile()))
                .start();
        return new MongodProcess(process, port, log);
    }

    private static List<String> command(Path program, Path folder, int port, Path log) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(NEW_SESSION)) {
            // Ctrl-C reaches every process of the session, but the database is to end last.
            command.add(NEW_SESSION.toString());
        }
        command.addAll(List.of(program.toString(), "--dbpath", folder.toString()));
        command.addAll(List.of("--bind_ip", "127.0.0.1", "--port", Integer.toString(port), "--nounixsocket"));
        command.addAll(List.of("--auth", "--quiet", "--logappend", "--logpath", log.toString()));
        return command;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return port;
    }

    void waitUntilItAnswers() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWERS_WITHIN_SECONDS);
        while (!answers()) {
            if (hasEndedWithin(20)) {
                throw new StartFailure("mongod did not start (" + lastWords());
            }
            if (System.nanoTime() > deadline) {
                throw new StartFailure("mongod does not answer; see " + log.file() + ".");
            }
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private boolean hasEndedWithin(int millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("Interrupted while mongod started.", e);
        }
    }

    void onExit(Runnable action) {
        process.onExit().thenRun(action);
    }

    /** How it ended, and the end of its log. */
    String lastWords() {
        return "exit code %d, log %s):%n%s".formatted(process.exitValue(), log.file(), log.lastWords());
    }

    void stop() {
        new RunningMongod(process.toHandle()).stop();
    }
}
