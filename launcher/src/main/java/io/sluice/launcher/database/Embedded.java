package io.sluice.launcher.database;

import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import io.sluice.launcher.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Path;

/** The embedded database in a data folder. */
record Embedded(EmbeddedDatabase server) implements Database {

    static Embedded start(DataFolder data, Watch watch) {
        Path folder = data.resolve("embedded");
        try {
            return new Embedded(EmbeddedDatabase.open(
                    folder,
                    watch::outgrown,
                    problem -> watch.lost("The embedded database cannot write any more: " + problem.getMessage())));
        } catch (IOException | RuntimeException e) {
            throw new StartFailure("The embedded database in " + folder + " does not open: " + e.getMessage(), e);
        }
    }

    @Override
    public String uri() {
        return server.uri();
    }

    @Override
    public String description() {
        return "embedded";
    }

    @Override
    public void close() {
        server.close();
    }
}
