package io.sluice.cli.place;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Json;
import io.sluice.cli.gate.Gate;
import io.sluice.cli.gate.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds projects and datasets by what people call them. */
public final class Catalog {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{24}");

    private final Gate gate;

    public Catalog(Gate gate) {
        this.gate = gate;
    }

    public JsonNode projects() {
        return gate.get("/api/v1/projects");
    }

    public JsonNode datasets(String projectId) {
        return gate.get("/api/v1/datasets?projects=" + Gate.encoded(projectId));
    }

    public JsonNode project(String named) {
        return findProject(named)
                .orElseThrow(() -> Failure.failed("There is no project “" + named + "” that you are a member of"));
    }

    public JsonNode dataset(Place place) {
        JsonNode project = project(place.project());
        return findDataset(project, place.dataset())
                .orElseThrow(() -> Failure.failed("There is no dataset “" + place.dataset() + "” in the project “"
                        + project.path("name").asString("") + "”"));
    }

    /** Makes what is not there yet. */
    public JsonNode datasetOrNew(Place place) {
        JsonNode project = findProject(place.project()).orElseGet(() -> {
            requireName(place.project());
            return gate.create("/api/v1/projects", Json.object().put("name", place.project()));
        });
        return findDataset(project, place.dataset()).orElseGet(() -> {
            requireName(place.dataset());
            ObjectNode fresh = Json.object().put("name", place.dataset()).put("createDefaultRecipe", true);
            fresh.putArray("projects").add(project.path("id").asString());
            return gate.create("/api/v1/datasets", fresh);
        });
    }

    private static void requireName(String named) {
        if (ID.matcher(named).matches()) {
            throw Failure.failed("There is nothing with the id " + named + "; --create needs a name");
        }
    }

    private Optional<JsonNode> findProject(String named) {
        Optional<JsonNode> byId = byId("/api/v1/projects/", named);
        if (byId.isPresent()) {
            return byId;
        }
        return only("project", named, projects());
    }

    private Optional<JsonNode> findDataset(JsonNode project, String named) {
        Optional<JsonNode> byId = byId("/api/v1/datasets/", named);
        if (byId.isPresent()) {
            return byId;
        }
        String projectId = project.path("id").asString();
        return only(
                "dataset",
                named,
                gate.get("/api/v1/datasets?projects=" + Gate.encoded(projectId) + "&name=" + Gate.encoded(named)));
    }

    private Optional<JsonNode> byId(String collection, String named) {
        if (!ID.matcher(named).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(gate.get(collection + named));
        } catch (Refusal refused) {
            if (refused.status() == 404) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    private static Optional<JsonNode> only(String what, String named, JsonNode all) {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode one : all) {
            if (one.path("name").asString("").equals(named)) {
                found.add(one);
            }
        }
        if (found.size() > 1) {
            throw Failure.failed("There are " + found.size() + " " + what + "s called “" + named
                    + "”; name one by its id: "
                    + String.join(
                            ", ",
                            found.stream().map(one -> one.path("id").asString()).toList()));
        }
        return found.stream().findFirst();
    }
}
