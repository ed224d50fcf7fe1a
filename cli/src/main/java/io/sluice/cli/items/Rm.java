package io.sluice.cli.items;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.Answer;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Patience;
import io.sluice.cli.gate.Refusal;
import io.sluice.cli.place.Catalog;
import io.sluice.cli.place.Items;
import io.sluice.cli.place.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice rm}. */
@Command(
        name = "rm",
        description = "Delete items: files, or with -r directories with all that is in them. It asks first.")
public final class Rm implements Callable<Integer> {

    private static final Patience BETWEEN_LOOKS = new Patience(1, Duration.ofMillis(200));
    private static final int LONGEST_PAUSE = 4;

    private final Surroundings here;

    @Parameters(
            arity = "1..*",
            paramLabel = "PROJECT/DATASET/PATH",
            description = "What to delete; projects and datasets by names or ids.")
    private List<String> what = new ArrayList<>();

    @Option(
            names = {"-r", "--recursive"},
            description = "Also directories, with all that is in them.")
    private boolean isRecursive;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask. Needed where there is no terminal to ask at.")
    private boolean isSure;

    public Rm(Surroundings here) {
        this.here = here;
    }

    private record Doomed(String named, String itemId, boolean isDirectory) {}

    @Override
    public Integer call() {
        List<Place> places = what.stream().map(this::item).toList();
        if (!isSure && !here.terminal().inIsTerminal()) {
            throw Failure.usage("There is no terminal to ask at whether you are sure; say so with --yes");
        }
        Gate gate = Gate.signedIn(here);
        Catalog catalog = new Catalog(gate);
        List<Doomed> all = new ArrayList<>();
        for (Place place : places) {
            all.add(found(new Items(gate, catalog.dataset(place)).require(place), place));
        }
        if (!isSure && !agreed(all)) {
            here.terminal().err().println("Nothing was deleted.");
            return Exit.FAILED;
        }
        all.forEach(one -> delete(gate, one));
        return Exit.DONE;
    }

    private Place item(String text) {
        Place place = Place.inDataset(text);
        if (place.isRoot()) {
            throw Failure.usage("“" + text + "” is a whole dataset; rm deletes items, so name a path in it");
        }
        return place;
    }

    private Doomed found(JsonNode item, Place place) {
        boolean isDirectory = item.path("type").asString("").equals("dir");
        String named = place.project() + "/" + place.dataset() + place.path();
        if (isDirectory && !isRecursive) {
            throw Failure.usage(named + " is a directory; with -r it is deleted with all that is in it");
        }
        return new Doomed(Rows.shown(named), item.path("id").asString(), isDirectory);
    }

    private boolean agreed(List<Doomed> all) {
        all.forEach(one -> here.terminal()
                .err()
                .println("  " + one.named() + (one.isDirectory() ? "/ and all that is in it" : "")));
        String answer =
                here.terminal().ask("Delete " + (all.size() == 1 ? "this" : "these " + all.size()) + "? [y/N] ");
        return answer != null
                && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
    }

    private void delete(Gate gate, Doomed one) {
        try {
            Answer<String> answer = gate.delete("/api/v1/items/" + one.itemId());
            if (answer.status() == 202) {
                await(gate, Json.read(answer.body()).path("id").asString());
            }
        } catch (Refusal refused) {
            // Also when the first try was carried out, and its answer did not come.
            if (refused.status() != 404) {
                throw refused;
            }
        }
        here.terminal().err().println("Deleted " + one.named() + (one.isDirectory() ? "/" : ""));
    }

    private static void await(Gate gate, String commandId) {
        for (int look = 1; ; look++) {
            JsonNode command = gate.get("/api/v1/commands/" + commandId);
            switch (command.path("status").asString("")) {
                case "success" -> {
                    return;
                }
                case "failed", "aborted" ->
                    throw Failure.failed(
                            "It could not be deleted: " + command.path("error").asString("the work was aborted"));
                default -> BETWEEN_LOOKS.pause(Math.min(look, LONGEST_PAUSE), Duration.ZERO);
            }
        }
    }
}
