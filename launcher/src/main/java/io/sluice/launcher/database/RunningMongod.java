package io.sluice.launcher.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A {@code mongod} that is running, started by this process or left behind by one that was killed. */
record RunningMongod(ProcessHandle process) {

    private static final int STOPS_WITHIN_SECONDS = 60;

    /** The one that has this folder open. It is known by the folder's lock file and by its own command line. */
    static Optional<RunningMongod> on(Path folder) throws IOException {
        Path lock = folder.resolve("mongod.lock");
        String pid = Files.exists(lock) ? Files.readString(lock).strip() : "";
        if (!pid.matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(process -> isOn(folder, process))
                .map(RunningMongod::new);
    }

    private static boolean isOn(Path folder, ProcessHandle process) {
        String[] arguments = process.info().arguments().orElse(new String[0]);
        return Arrays.asList(arguments).contains("--dbpath")
                && Arrays.asList(arguments).contains(folder.toString());
    }

    /** Asks it to end, which writes everything down; after a minute it is killed, which its journal makes good. */
    void stop() {
        process.destroy();
        try {
            process.onExit().get(STOPS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
