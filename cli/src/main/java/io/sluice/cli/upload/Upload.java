package io.sluice.cli.upload;

import io.sluice.cli.console.Crew;
import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Interruption;
import io.sluice.cli.console.OutputOptions;
import io.sluice.cli.console.Report;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Patience;
import io.sluice.cli.place.Catalog;
import io.sluice.cli.place.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice upload}. */
@Command(
        name = "upload",
        description = {
            "Upload files and folders, of any number.",
            "A folder brings its name along: 'upload pictures farm/sheep' makes /pictures/... in the dataset; 'upload pictures/"
                    + " farm/sheep' puts what is in the folder at the top. What is there already is not sent again, so after"
                    + " an interruption the same command goes on where it was."
        })
public final class Upload implements Callable<Integer> {

    private static final String MOST_PARALLEL = "32";

    private final Surroundings here;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH... PROJECT/DATASET[/DIR]",
            hideParamSyntax = true,
            description = "Files and folders of this machine, and at the end where they go.")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "skip",
            completionCandidates = UploadMode.Names.class,
            description =
                    "What becomes of items that are there with other bytes: skip leaves them, overwrite replaces them."
                            + " Default: skip.")
    private UploadMode mode = UploadMode.SKIP;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "3",
            description =
                    "As many requests at once, 1 to " + MOST_PARALLEL + ". Default: 3. The platform takes 4 of a user.")
    private int parallel;

    @Option(
            names = "--sidecars",
            description =
                    "picture.jpg.json beside picture.jpg holds its metadata, description and annotations. Otherwise every"
                            + " file is an item.")
    private boolean hasSidecars;

    @Option(names = "--create", description = "Make the project and the dataset if they are not there.")
    private boolean isToCreate;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public Upload(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (parallel < 1 || parallel > Integer.parseInt(MOST_PARALLEL)) {
            throw Failure.usage("--parallel must be from 1 to " + MOST_PARALLEL);
        }
        if (arguments.size() < 2) {
            throw Failure.usage("Say at the end where it goes: sluice upload PATH... PROJECT/DATASET");
        }
        Place target = Place.inDataset(arguments.get(arguments.size() - 1));
        List<Walk> walks = arguments.subList(0, arguments.size() - 1).stream()
                .map(named -> new Walk(named, target, hasSidecars))
                .toList();
        Gate gate = Gate.signedIn(here);
        Catalog catalog = new Catalog(gate);
        JsonNode dataset = isToCreate ? catalog.datasetOrNew(target) : catalog.dataset(target);
        try (Report report = new Report(here.terminal(), output, "sent");
                Interruption interruption = Interruption.says(() -> interrupted(report));
                Crew crew = new Crew(parallel, "upload")) {
            count(walks, report);
            upload(walks, new Bulk(gate, dataset, mode, report), report, crew);
            report.conclude();
            hint(report);
            return report.exit();
        } catch (Failure failure) {
            throw failure.exit() == Exit.UNREACHABLE
                    ? new Failure(failure.exit(), failure.message() + ". Run the same command again to go on.")
                    : failure;
        }
    }

    /** Beside the upload, which need not wait until a million files are counted. */
    private static void count(List<Walk> walks, Report report) {
        Thread counting = new Thread(
                () -> {
                    walks.forEach(walk -> walk.run(file -> report.expect(file.size()), (path, reason) -> {}));
                    report.expectNoMore();
                },
                "count");
        counting.setDaemon(true);
        counting.start();
    }

    private void upload(List<Walk> walks, Bulk bulk, Report report, Crew crew) {
        Batches batches =
                new Batches(files -> crew.add(() -> new Sending(bulk, mode, report, Patience.USUAL).run(files)));
        walks.forEach(walk -> walk.run(batches::add, report::failed));
        batches.flush();
        crew.finish();
    }

    private void hint(Report report) {
        long kept = report.count(Report.Outcome.KEPT);
        if (kept > 0) {
            report.say("To replace what is there with other bytes, add --mode overwrite.");
        }
    }

    private static void interrupted(Report report) {
        report.close();
        report.say("Interrupted. " + report.summary() + " Run the same command again to go on.");
    }
}
