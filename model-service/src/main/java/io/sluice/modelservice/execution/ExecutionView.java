package io.sluice.modelservice.execution;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandRunner;
import io.sluice.kit.mongo.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An execution as clients see it (contract ml §D.3).
 *
 * @param functionName predict, embed or evaluate
 * @param input the items, as they were named
 * @param output how many items there were, and of how many of them the model could not be asked, and for evaluate the
 *     figures; null until it has succeeded
 * @param latestStatus how it is
 * @param status all that is known of how it was, the newest last; statusLog is the same
 * @param duration in seconds, since it was asked for
 * @param toTerminate whether it is to stop before its next step
 * @param serviceId what was asked to carry it out; null when nothing was named
 * @param model which model is asked
 */
record ExecutionView(
        String id,
        String url,
        String creator,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,

        String projectId,
        @Nullable String serviceId,
        String functionName,
        JsonObject input,
        @Nullable JsonObject output,
        Status latestStatus,
        List<Status> status,
        List<Status> statusLog,
        int attempts,
        int maxAttempts,
        double duration,
        boolean toTerminate,
        JsonObject model) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /**
     * How an execution is.
     *
     * @param status created, in-progress, success, failed or aborted
     * @param percentComplete 0 to 100
     * @param message how many items are done
     * @param error why it failed; null when it did not
     */
    record Status(
            String status,

            @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC")
            Instant timestamp,

            int percentComplete,
            String message,
            @Nullable String error,
            @Nullable JsonObject output) {}

    /** @param api the root of the API, for the link */
    static ExecutionView of(Command execution, String api) {
        Status latest = new Status(
                execution.status().wireName(),
                execution.updatedAt(),
                execution.progress(),
                execution.done() + " items done",
                execution.error(),
                execution.result());
        JsonObject about = Execution.aboutOf(execution);
        Object serviceId = about.members().get(Execution.SERVICE_ID);
        return new ExecutionView(
                execution.id(),
                api + "/executions/" + execution.id(),
                execution.creator(),
                execution.createdAt(),
                execution.updatedAt(),
                execution.projectId(),
                serviceId == null ? null : serviceId.toString(),
                execution.type(),
                Execution.inputOf(execution),
                execution.result(),
                latest,
                List.of(latest),
                List.of(latest),
                Math.max(1, execution.attempts()),
                CommandRunner.MOST_ATTEMPTS,
                Duration.between(execution.createdAt(), execution.updatedAt()).toMillis() / 1000.0,
                execution.isAbortWanted(),
                JsonObject.EMPTY
                        .with("id", Execution.modelIdOf(execution))
                        .with("name", about.members().get(Execution.MODEL_NAME))
                        .with("operation", execution.type()));
    }
}
