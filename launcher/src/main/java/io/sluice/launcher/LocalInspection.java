package io.sluice.launcher;

import io.sluice.itemservice.inspection.Inspection;
import io.sluice.itemservice.inspection.InspectionOptions;
import io.sluice.itemservice.inspection.MoveOptions;
import io.sluice.launcher.console.Console;
import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import io.sluice.launcher.database.Database;
import io.sluice.launcher.database.Watch;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code ./sluice scrub}, {@code fsck} and {@code move-blobs}: the database of a data folder alone, and what looks at the bytes,
 * or moves them.
 *
 * @param wanted the command line of the program, its name first
 * @param options whose data
 */
record LocalInspection(List<String> wanted, LaunchOptions options) {

    private static final Set<String> OF_LOOK = Set.of("--repair", "--rate");
    private static final Set<String> OF_MOVE = Set.of("--from", "--to");

    /**
     * Reads a command line: options of the inspection, and those of {@code up} that say whose data it is about.
     *
     * @param arguments the first is {@code scrub} or {@code fsck}
     */
    static LocalInspection parse(List<String> arguments, Map<String, String> environment, Path folder) {
        boolean isMove = arguments.get(0).equals(MoveOptions.PROGRAM);
        List<String> own = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (int at = 1; at < arguments.size(); at++) {
            String argument = arguments.get(at);
            String name = argument.split("=", 2)[0];
            boolean isOwn = (isMove ? OF_MOVE : OF_LOOK).contains(name);
            (isOwn ? own : others).add(argument);
            if (isOwn && argument.equals(name) && !name.equals("--repair") && at + 1 < arguments.size()) {
                own.add(arguments.get(++at));
            }
        }
        try {
            if (isMove) {
                own = List.of("--from", place("--from", own, folder), "--to", place("--to", own, folder));
                MoveOptions.parse(own);
            } else {
                InspectionOptions.parse(arguments.get(0), own);
            }
        } catch (IllegalArgumentException wrong) {
            throw new StartFailure(wrong.getMessage() + "; see ./sluice help.", wrong);
        }
        own = new ArrayList<>(own);
        own.add(0, arguments.get(0));
        return new LocalInspection(List.copyOf(own), LaunchOptions.parse(others, environment, folder));
    }

    /** A folder may be named from where somebody is. */
    private static String place(String name, List<String> given, Path folder) {
        Map<String, String> options = new HashMap<>();
        for (int at = 0; at < given.size(); at++) {
            String[] parts = given.get(at).split("=", 2);
            String value = parts.length == 2 ? parts[1] : at + 1 < given.size() ? given.get(++at) : "";
            options.put(parts[0], value);
        }
        return new Choices(options, Map.of(), folder)
                .blobs(name, "")
                .map(URI::toString)
                .orElseThrow(() -> new StartFailure(MoveOptions.PROGRAM + " needs " + name + "; see ./sluice help."));
    }

    static boolean isWanted(List<String> arguments) {
        return !arguments.isEmpty() && InspectionOptions.PROGRAMS.contains(arguments.get(0));
    }

    /** Answers with the exit code; see {@link Inspection#run}. */
    int run(String searchPath, Console console) {
        requireData();
        try (DataFolder data = DataFolder.open(options.data());
                Database database = options.database(searchPath).start(data, new Lost(console))) {
            return Inspection.run(
                    wanted,
                    System.out,
                    System.err,
                    "--spring.config.location=classpath:/",
                    "--spring.mongodb.uri=" + database.uri(),
                    "--item-service.blobs=" + options.blobs());
        } catch (IOException failure) {
            throw new StartFailure("Cannot close " + options.data() + ": " + failure.getMessage(), failure);
        }
    }

    private void requireData() {
        boolean isFolder = options.blobs().getScheme().equals("file");
        boolean looks = !wanted.get(0).equals(MoveOptions.PROGRAM);
        if (!Files.isDirectory(options.data()) || looks && isFolder && !Files.isDirectory(Path.of(options.blobs()))) {
            throw new StartFailure("There are no bytes in " + (isFolder ? Path.of(options.blobs()) : options.data())
                    + "; name the data folder with --data DIR.");
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
