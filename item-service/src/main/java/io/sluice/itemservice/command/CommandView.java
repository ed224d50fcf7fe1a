package io.sluice.itemservice.command;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command as clients see it (contract core §8).
 *
 * @param progress 0–100
 * @param error why it failed; null when it did not
 */
public record CommandView(
        String id,
        String url,
        String type,
        String status,
        int progress,
        Spec spec,
        @Nullable String error,
        Map<String, String> report,
        String creator,
        String createdAt,
        String updatedAt) {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /**
     * What it is about, and what has come of it.
     *
     * @param itemsCount how many items it has come to
     */
    public record Spec(String datasetId, long itemsCount) {}

    /** @param api the root of the API, for the address of the command */
    public static CommandView of(Command command, String api) {
        return new CommandView(
                command.id(),
                api + "/commands/" + command.id(),
                command.type(),
                command.status().wireName(),
                command.progress(),
                new Spec(command.datasetId(), command.done()),
                command.error(),
                Map.of(),
                command.creator(),
                text(command.createdAt()),
                text(command.updatedAt()));
    }

    private static String text(Instant instant) {
        return MILLIS.format(instant);
    }
}
