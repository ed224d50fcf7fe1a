package io.sluice.launcher;

import io.sluice.itemservice.inspection.Inspection;
import io.sluice.itemservice.inspection.InspectionOptions;
import io.sluice.launcher.console.Console;
import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import io.sluice.launcher.database.Database;
import io.sluice.launcher.database.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code ./sluice scrub} and {@code ./sluice fsck}: the database of a data folder alone, and what looks at the bytes in the
 * folder.
 *
 * @param wanted what is to be looked at
 * @param options whose data
 */
record LocalInspection(InspectionOptions wanted, LaunchOptions options) {

    /**
     * Reads a command line: options of the inspection, and those of {@code up} that say whose data it is about.
     *
     * @param arguments the first is {@code scrub} or {@code fsck}
     */
    static LocalInspection parse(List<String> arguments, Map<String, String> environment, Path folder) {
        List<String> own = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int at = 1; at < arguments.size(); at++) {
            String argument = arguments.get(at);
            boolean isOwn = argument.equals("--repair") || argument.startsWith("--rate");
            (isOwn ? own : others).add(argument);
            if (argument.equals("--rate") && at + 1 < arguments.size()) {
                own.add(arguments.get(++at));
            }
        }
        try {
            return new LocalInspection(
                    InspectionOptions.parse(arguments.get(0), own), LaunchOptions.parse(others, environment, folder));
        } catch (IllegalArgumentException wrong) {
            throw new StartFailure(wrong.getMessage() + "; see ./sluice help.", wrong);
        }
    }

    static boolean isWanted(List<String> arguments) {
        return !arguments.isEmpty() && InspectionOptions.PROGRAMS.contains(arguments.get(0));
    }

    /** Answers with the exit code; see {@link Inspection#run}. */
    int run(String searchPath, Console console) {
        if (!Files.isDirectory(options.data()) || !Files.isDirectory(options.blobs())) {
            throw new StartFailure(
                    "There are no bytes in " + options.blobs() + "; name the data folder with --data DIR.");
        }
        try (DataFolder data = DataFolder.open(options.data());
                Database database = options.database(searchPath).start(data, new Lost(console))) {
            return Inspection.run(
                    wanted,
                    System.out,
                    System.err,
                    "--spring.config.location=classpath:/",
                    "--spring.mongodb.uri=" + database.uri(),
                    "--item-service.blobs=" + options.blobs().toUri());
        } catch (IOException failure) {
            throw new StartFailure("Cannot close " + options.data() + ": " + failure.getMessage(), failure);
        }
    }

    private record Lost(Console console) implements Watch {

        @Override
        public void outgrown(String collection) {
            // Said when the platform runs.
        }

        @Override
        public void lost(String why) {
            console.wrong(why);
        }
    }
}
