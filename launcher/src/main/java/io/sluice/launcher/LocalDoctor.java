package io.sluice.launcher;

import io.sluice.kit.doctor.Doctor;
import io.sluice.kit.doctor.Finding;
import io.sluice.kit.doctor.FolderDiagnosis;
import io.sluice.kit.doctor.GateDiagnosis;
import io.sluice.kit.doctor.Machine;
import io.sluice.kit.doctor.Report;
import io.sluice.kit.time.ClockConfiguration;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code ./sluice doctor}: looks at this machine, at a data folder with its database when no platform runs on it, and at a gate.
 *
 * @param options whose data
 * @param isJson {@code --json}: tell it as JSON
 * @param gate {@code --gate}: a platform that runs, here or anywhere; default the one that has the data folder
 */
record LocalDoctor(LaunchOptions options, boolean isJson, Optional<URI> gate) {

    private static final long MEMORY = 2L * 1024 * 1024 * 1024;

    static boolean isWanted(List<String> arguments) {
        return !arguments.isEmpty() && arguments.get(0).equals(Doctor.PROGRAM);
    }

    /** @param arguments the first is {@code doctor} */
    static LocalDoctor parse(List<String> arguments, Map<String, String> environment, Path folder) {
        List<String> others = new ArrayList<>();
        boolean isJson = false;
        String gate = null;
        for (int at = 1; at < arguments.size(); at++) {
            String argument = arguments.get(at);
            if (argument.equals("--json")) {
                isJson = true;
            } else if (argument.equals("--gate") && at + 1 < arguments.size()) {
                gate = arguments.get(++at);
            } else if (argument.startsWith("--gate=")) {
                gate = argument.substring("--gate=".length());
            } else {
                others.add(argument);
            }
        }
        if (gate != null && !gate.matches("https?://[^\\s/]+/?")) {
            throw new StartFailure("--gate must be an address such as http://127.0.0.1:8080, not " + gate + ".");
        }
        return new LocalDoctor(
                LaunchOptions.parse(others, environment, folder),
                isJson,
                Optional.ofNullable(gate).map(URI::create));
    }

    /** Answers with the exit code; see {@link Report#end}. */
    int run(String searchPath, Console console) {
        Report report = new Report(System.out, isJson);
        Machine.look(MEMORY).forEach(report::add);
        boolean isAlone = true;
        if (Files.isDirectory(options.data())) {
            isAlone = lookInto(report, searchPath, console);
        } else {
            report.add(Finding.ok("data folder", options.data() + " is not there; ./sluice up makes it"));
        }
        if (gate.isPresent() || !isAlone) {
            new GateDiagnosis(gate.orElse(options.gate()), new ClockConfiguration().clock())
                    .look()
                    .forEach(report::add);
        } else {
            report.add(port());
        }
        return report.end();
    }

    private Finding port() {
        try {
            Ports.requireFree(options.host(), options.port());
            return Finding.ok("port", options.port() + " is free");
        } catch (StartFailure taken) {
            return Finding.fail(
                    "port", taken.line(), "Find out who has it: ss -ltnp 'sport = :" + options.port() + "'.");
        }
    }

    /** False when a platform runs on the folder. */
    private boolean lookInto(Report report, String searchPath, Console console) {
        Path folder = options.data();
        try (DataFolder data = DataFolder.open(folder);
                Database database = options.database(searchPath).start(data, new Nobody(console))) {
            report.add(Finding.ok("data folder", folder + " is in use by nobody"));
            new Parts(options, database.uri(), Ports.free(Parts.SERVICES))
                    .all().stream()
                            .filter(part -> Parts.SERVICES.contains(part.name()))
                            .forEach(part -> Doctor.look(
                                    part.application(),
                                    part.name(),
                                    finding -> report.add(finding.of(part.name())),
                                    part.arguments()));
            return true;
        } catch (StartFailure failure) {
            boolean isRunning = failure.line().contains("is in use by another Sluice");
            report.add(
                    isRunning
                            ? Finding.ok(
                                    "data folder", folder + " is in use by a platform that runs; it is asked itself")
                            : Finding.fail("data folder", failure.line(), "Do what the message says."));
            if (options.blobs().getScheme().equals("file")) {
                waitFor(new FolderDiagnosis("blobs", Path.of(options.blobs())), report);
            }
            return !isRunning;
        } catch (IOException failure) {
            throw new StartFailure("Cannot close " + folder + ": " + failure.getMessage(), failure);
        }
    }

    private static void waitFor(FolderDiagnosis diagnosis, Report report) {
        Doctor.await(diagnosis.look(), report::add);
    }

    private record Nobody(Console console) implements Watch {

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
