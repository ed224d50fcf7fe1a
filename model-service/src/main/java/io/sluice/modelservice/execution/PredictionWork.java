package io.sluice.modelservice.execution;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.execution.ExecutedItems.Place;
import io.sluice.modelservice.inference.Predictions;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.sluice.modelservice.prediction.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Asks a model about many items and keeps what it says. An item that the model cannot be asked about is told in the log, and
 * the others go on.
 */
public final class PredictionWork implements CommandWork {

    /** Its type when what the model says is kept as annotations. */
    static final String ANNOTATING = "predict";

    /** Its type when the vectors that the model makes are kept in its feature set. */
    static final String EMBEDDING = "embed";

    /** Its type when what the model says is compared with what people have said. */
    static final String EVALUATING = "evaluate";

    /** Items of a step: what is asked again after a crash. */
    private static final int BATCH = 32;

    private static final int AT_ONCE = 4;
    private static final int LONG_AN_ID = 24;

    /** Others ask the model directly, and come first. */
    private static final Retry PATIENT = Retry.backoff(40, Duration.ofMillis(100))
            .maxBackoff(Duration.ofSeconds(2))
            .filter(PredictionWork::isBusy)
            .onRetryExhaustedThrow((retry, last) -> last.failure());

    private final String type;
    private final Keeping keeping;
    private final ExecutedItems items;
    private final ModelAccess models;
    private final Predictions predictions;
    private final ExecutionLog log;

    PredictionWork(
            String type,
            Keeping keeping,
            ExecutedItems items,
            ModelAccess models,
            Predictions predictions,
            ExecutionLog log) {
        this.type = type;
        this.keeping = keeping;
        this.items = items;
        this.models = models;
        this.predictions = predictions;
        this.log = log;
    }

    /** What a model says of an item. */
    public record Found(String itemId, List<Result> results) {}

    /** Where what was found is kept. */
    @FunctionalInterface
    public interface Keeping {

        /**
         * Keeps it; once more must be as good as once.
         *
         * @param execution whose step names the items
         */
        Mono<Void> keep(Command execution, Model model, List<Found> found);

        /** What has come of it beside how many items there were, when all is kept; once more must be as good as once. */
        default Mono<JsonObject> result(Command execution) {
            return Mono.just(JsonObject.EMPTY);
        }
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Mono<Long> count(Command execution) {
        List<String> ids = idsOf(execution);
        return ids == null ? items.count(execution.todo(), execution.lastIdThen()) : Mono.just((long) ids.size());
    }

    @Override
    public Flux<Command.Step> steps(Command execution) {
        Command.Step before = execution.step();
        String after =
                before == null ? null : before.upTo().substring(before.upTo().length() - LONG_AN_ID);
        List<String> ids = idsOf(execution);
        Flux<String> wanted = ids == null
                ? items.matching(execution.todo(), after, execution.lastIdThen())
                        .map(Place::id)
                : Flux.fromIterable(ids).filter(id -> after == null || id.compareTo(after) > 0);
        return wanted.buffer(BATCH).map(batch -> new Command.Step(null, String.join("", batch), batch.size()));
    }

    @SuppressWarnings("unchecked") // As it was stored.
    private static @Nullable List<String> idsOf(Command execution) {
        return (List<String>) execution.todo().members().get(ExecutionInput.ITEM_IDS);
    }

    @Override
    public Mono<Void> carryOut(Command execution, Command.Step step) {
        List<String> itemIds = new ArrayList<>();
        for (int start = 0; start < step.upTo().length(); start += LONG_AN_ID) {
            itemIds.add(step.upTo().substring(start, start + LONG_AN_ID));
        }
        return models.find(Execution.modelIdOf(execution))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("The model was deleted")))
                .flatMap(model -> Flux.fromIterable(itemIds)
                        .flatMapSequential(itemId -> found(execution, model, itemId), AT_ONCE, 1)
                        .collectList()
                        .flatMap(found -> found.isEmpty() ? Mono.empty() : keeping.keep(execution, model, found)));
    }

    private Mono<Found> found(Command execution, Model model, String itemId) {
        return items.bytes(itemId)
                .flatMap(bytes -> predictions.of(model, bytes).retryWhen(PATIENT))
                .map(results -> new Found(itemId, results))
                .onErrorResume(
                        PredictionWork::isOfItem,
                        failure ->
                                log.failed(execution, itemId, wordsOf(failure)).then(Mono.empty()));
    }

    private static boolean isBusy(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE);
    }

    /** Another item may fare better. */
    private static boolean isOfItem(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && (problem.getStatusCode().is4xxClientError()
                        || problem.getStatusCode().isSameCodeAs(HttpStatus.GATEWAY_TIMEOUT));
    }

    private static String wordsOf(Throwable failure) {
        return Objects.requireNonNullElse(
                ((ErrorResponseException) failure).getBody().getDetail(), "It failed");
    }

    @Override
    public Mono<JsonObject> result(Command execution) {
        return log.count(execution.id()).flatMap(failed -> {
            long done = execution.doneWithStep();
            if (failed > 0 && failed >= done) {
                throw Problem.UNSUPPORTED.with("The model could not be asked about any of the items; the log says why");
            }
            JsonObject counts = JsonObject.EMPTY.with("itemsCount", done).with("failedCount", failed);
            return keeping.result(execution).map(more -> counts.merged(more.members()));
        });
    }
}
