package io.sluice.itemservice.command;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command as clients see it (contract core §8).
 *
 * @param progress 0–100
 * @param spec what it is about ({@code datasetId}), how many items it has come to ({@code itemsCount}), and what else has come
 *     of it, such as {@code returnedModelId} of a clone
 * @param error why it failed; null when it did not
 */
public record CommandView(
        String id,
        String url,
        String type,
        String status,
        int progress,
        JsonObject spec,
        @Nullable String error,
        Map<String, String> report,
        String creator,
        String createdAt,
        String updatedAt) {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** @param api the root of the API, for the address of the command */
    public static CommandView of(Command command, String api) {
        return new CommandView(
                command.id(),
                api + "/commands/" + command.id(),
                command.type(),
                command.status().wireName(),
                command.progress(),
                specOf(command),
                command.error(),
                Map.of(),
                command.creator(),
                text(command.createdAt()),
                text(command.updatedAt()));
    }

    private static JsonObject specOf(Command command) {
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("datasetId", command.datasetId());
        spec.put("itemsCount", command.done());
        if (command.result() != null) {
            spec.putAll(command.result().members());
        }
        return new JsonObject(spec);
    }

    private static String text(Instant instant) {
        return MILLIS.format(instant);
    }
}
