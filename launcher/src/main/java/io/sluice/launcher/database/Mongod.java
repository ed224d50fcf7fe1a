package io.sluice.launcher.database;

import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A MongoDB server that runs as a child of this process on the data folder, for this machine's loopback only. */
final class Mongod implements Database {

    private final MongodProcess process;
    private final Path program;
    private final String uri;
    private volatile boolean closing;

    private Mongod(MongodProcess process, Path program, String uri) {
        this.process = process;
        this.program = program;
        this.uri = uri;
    }

    /** Starts it and makes sure that only who knows the password in the data folder can use it. */
    static Mongod start(Path program, DataFolder data, Watch watch) {
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw new StartFailure("There is no program " + program + "; give the path of a mongod with --mongod.");
        }
        MongodProcess process;
        try {
            process = MongodProcess.start(program, data.resolve("mongod"), data.resolve("logs"));
        } catch (IOException e) {
            throw new StartFailure("Cannot run " + program + ": " + e.getMessage(), e);
        }
        try {
            process.waitUntilItAnswers();
            Mongod mongod = new Mongod(process, program, new MongodUser(data).signIn(process.port()));
            process.onExit(() -> mongod.ended(watch));
            return mongod;
        } catch (RuntimeException e) {
            process.stop();
            throw e;
        }
    }

    private void ended(Watch watch) {
        if (!closing) {
            watch.lost("The database has ended by itself (" + process.lastWords());
        }
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public String description() {
        return program.toString();
    }

    @Override
    public void close() {
        closing = true;
        process.stop();
    }
}
