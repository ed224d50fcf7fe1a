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
import tools.jackson.databind.node.ObjectNode;

/** {@code sluice query}. */
@Command(
        name = "query",
        description = {
            "List all items that a filter describes, such as '{\"metadata.user.season\": \"spring\"}'.",
            "The filter is that of the platform's query language; {} describes everything. {\"filter\": ..., \"join\": ...} finds items"
                    + " by their annotations. The order is that in which the items were made."
        })
public final class Query implements Callable<Integer> {

    private static final int LOOK_EVERY = 1_000;

    private final Surroundings here;

    @Parameters(index = "0", paramLabel = "PROJECT/DATASET", description = "Where to look, by names or ids.")
    private String where = "";

    @Parameters(index = "1", paramLabel = "FILTER-JSON", description = "What to look for.")
    private String filter = "";

    @Mixin
    private JsonOption json = new JsonOption();

    public Query(Surroundings here) {
        this.here = here;
    }

    @Override
    public Integer call() {
        Place place = Place.inDataset(where);
        ObjectNode query = Items.query(filter);
        Gate gate = Gate.signedIn(here);
        Rows rows = new Rows(here.terminal().out(), json.isJson());
        long count = 0;
        for (JsonNode item : new Items(gate, new Catalog(gate).dataset(place)).all(query)) {
            rows.item(item);
            if (++count % LOOK_EVERY == 0 && here.terminal().out().checkError()) {
                // Whoever read it, such as head, has seen enough.
                return Exit.DONE;
            }
        }
        return Exit.DONE;
    }
}
