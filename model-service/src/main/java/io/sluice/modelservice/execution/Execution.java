package io.sluice.modelservice.execution;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a command says that is an execution: the names of what is known of it, and how they are read. */
public final class Execution {

    static final String MODEL_ID = "modelId";
    static final String MODEL_NAME = "modelName";
    static final String SERVICE_ID = "serviceId";
    static final String INPUT = "input";

    private Execution() {}

    static JsonObject about(String modelId, String modelName, @Nullable String serviceId, JsonObject input) {
        return JsonObject.EMPTY
                .with(MODEL_ID, modelId)
                .with(MODEL_NAME, modelName)
                .with(SERVICE_ID, serviceId)
                .with(INPUT, input);
    }

    public static String modelIdOf(Command execution) {
        return text(execution, MODEL_ID);
    }

    static JsonObject inputOf(Command execution) {
        return aboutOf(execution).object(INPUT);
    }

    static JsonObject aboutOf(Command execution) {
        JsonObject about = execution.about();
        return about == null ? JsonObject.EMPTY : about;
    }

    private static String text(Command execution, String name) {
        return String.valueOf(aboutOf(execution).members().get(name));
    }
}
