package io.sluice.cli.download;

import io.sluice.cli.console.Crew;
import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Interruption;
import io.sluice.cli.console.Json;
import io.sluice.cli.console.OutputOptions;
import io.sluice.cli.console.Report;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Patience;
import io.sluice.cli.place.Catalog;
import io.sluice.cli.place.Items;
import io.sluice.cli.place.Place;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice download}. */
@Command(
        name = "download",
        description = {
            "Download the files of a dataset, or of a directory in it, into a folder.",
            "Each file is checked against its digest before it gets its name. One that is there already with the same bytes is not"
                    + " sent again, so after an interruption the same command goes on where it was; one with other bytes is"
                    + " replaced."
        })
public final class Download implements Callable<Integer> {

    private static final String MOST_PARALLEL = "32";

    private final Surroundings here;

    @Parameters(
            index = "0",
            paramLabel = "PROJECT/DATASET[/PATH]",
            description = "What to download: all of a dataset, a directory, or a file.")
    private String where = "";

    @Parameters(index = "1", paramLabel = "TO", description = "The folder it goes into; it is made if it is not there.")
    private Path to = Path.of("");

    @Option(
            names = "--filter",
            paramLabel = "JSON",
            description = "Only what this filter of the query language describes, such as '{\"name\": \"*.jpg\"}'.")
    private @Nullable String filter;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "6",
            description = "As many files at once, 1 to " + MOST_PARALLEL + ". Default: 6.")
    private int parallel;

    @Mixin
    private OutputOptions output = new OutputOptions();

    public Download(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        if (parallel < 1 || parallel > Integer.parseInt(MOST_PARALLEL)) {
            throw Failure.usage("--parallel must be from 1 to " + MOST_PARALLEL);
        }
        Place place = Place.inDataset(where);
        ObjectNode query = filter == null ? Json.object() : Items.query(filter);
        Gate gate = Gate.signedIn(here);
        Items items = new Items(gate, new Catalog(gate).dataset(place));
        String directory = directory(items, place);
        ObjectNode wanted = files(query, place, directory);
        try (Report report = new Report(here.terminal(), output, "received")) {
            Fetching fetching = new Fetching(gate, new Target(to), report, Patience.USUAL);
            try (Interruption interruption = Interruption.says(() -> interrupted(report, fetching));
                    Crew crew = new Crew(parallel, "download")) {
                report.expectItems(items.count(wanted));
                download(items.all(wanted), place, directory, fetching, crew);
                report.conclude();
                return report.exit();
            }
        } catch (Failure failure) {
            throw failure.exit() == Exit.UNREACHABLE
                    ? new Failure(failure.exit(), failure.message() + ". Run the same command again to go on.")
                    : failure;
        }
    }

    /** What paths are shortened by: the directory that was named, or that of the file that was. */
    private static String directory(Items items, Place place) {
        if (place.isRoot()) {
            return "/";
        }
        boolean isDirectory = items.require(place).path("type").asString("").equals("dir");
        String directory = isDirectory
                ? place.path()
                : place.path().substring(0, place.path().lastIndexOf('/'));
        return directory + "/";
    }

    private static ObjectNode files(ObjectNode query, Place place, String directory) {
        ObjectNode filter = Json.object();
        ArrayNode all = filter.putArray("$and");
        all.addObject().put("type", "file").put("hidden", false);
        if (query.has("filter")) {
            all.add(query.get("filter"));
        }
        if (!place.isRoot()) {
            all.addObject().put("filename", directory.equals(place.path() + "/") ? directory + "*" : place.path());
        }
        return query.deepCopy().set("filter", filter);
    }

    private static void download(
            Iterable<JsonNode> items, Place place, String directory, Fetching fetching, Crew crew) {
        for (JsonNode item : items) {
            String path = item.path("filename").asString("");
            // What is a wildcard to a query may be a letter of a name.
            if (path.equals(place.path()) || path.startsWith(place.isRoot() ? "/" : place.path() + "/")) {
                crew.add(() -> fetching.fetch(item, path.substring(directory.length())));
            }
        }
        crew.finish();
    }

    private static void interrupted(Report report, Fetching fetching) {
        report.close();
        fetching.tidyUp();
        report.say("Interrupted. " + report.summary() + " Run the same command again to go on.");
    }
}
