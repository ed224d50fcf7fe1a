package io.sluice.cli.items;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.JsonOption;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.place.Catalog;
import io.sluice.cli.place.Items;
import io.sluice.cli.place.Place;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code sluice ls}. */
@Command(
        name = "ls",
        description = {
            "List your projects, the datasets of a project, or what lies in a directory of a dataset.",
            "Projects and datasets are named by their names or their ids. Hidden items are left out; query finds them."
        })
public final class Ls implements Callable<Integer> {

    private final Surroundings here;

    @Parameters(
            arity = "0..1",
            paramLabel = "PROJECT[/DATASET[/DIR]]",
            description = "What to look into. Without it: all of your projects.",
            defaultValue = "")
    private String where = "";

    @Mixin
    private JsonOption json = new JsonOption();

    public Ls(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        Place place = Place.parse(where);
        Gate gate = Gate.signedIn(here);
        Catalog catalog = new Catalog(gate);
        Rows rows = new Rows(here.terminal().out(), json.isJson());
        if (place.project().isEmpty()) {
            catalog.projects().forEach(rows::project);
        } else if (place.dataset().isEmpty()) {
            JsonNode project = catalog.project(place.project());
            catalog.datasets(project.path("id").asString()).forEach(rows::dataset);
        } else {
            list(new Items(gate, catalog.dataset(place)), place, rows);
        }
        return Exit.DONE;
    }

    private static void list(Items items, Place place, Rows rows) {
        if (!place.isRoot()) {
            JsonNode item = items.require(place);
            if (!item.path("type").asString("").equals("dir")) {
                rows.item(item);
                return;
            }
        }
        for (JsonNode item : items.in(place.path())) {
            boolean isRootItself = item.path("filename").asString("").equals(place.path());
            boolean isHidden = item.path("hidden").asBoolean(false);
            if (item.path("dir").asString("").equals(place.path()) && !isRootItself && !isHidden) {
                rows.item(item);
            }
        }
    }
}
