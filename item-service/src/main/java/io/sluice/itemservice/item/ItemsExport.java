package io.sluice.itemservice.item;

import io.sluice.itemservice.dataset.DatasetLocks;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.command.Progress;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.QueryParser;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes all items that match into one hidden file of their dataset, as a command of one step (contract core §4.10). What was
 * cut off begins anew: nothing of it was to be seen.
 */
@Component
class ItemsExport implements CommandWork {

    /** That very name makes the SDK report the progress. */
    static final String TYPE = "ExportDatasetAsJson";

    static final String ZIP = "zip";
    static final String JSON = "json";
    static final String KEEPS_EXTENSION = "V2";

    private static final Logger log = LoggerFactory.getLogger(ItemsExport.class);

    private static final String FORM = "form";
    private static final String NAMES = "names";
    private static final String API = "api";
    private static final String ANNOTATIONS = "annotations";
    private static final String VECTORS = "vectors";
    private static final String LOCK_SECONDS = "lockSeconds";

    /** How often the command is told how far it is. */
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);

    private final Items items;
    private final ItemsJson json;
    private final ServiceFiles files;
    private final Exports exports;
    private final DatasetLocks locks;
    private final int mostInZip;

    ItemsExport(
            Items items,
            ItemsJson json,
            ServiceFiles files,
            Exports exports,
            DatasetLocks locks,
            ExportProperties properties) {
        this.items = items;
        this.json = json;
        this.files = files;
        this.exports = exports;
        this.locks = locks;
        this.mostInZip = properties.mostInZip();
    }

    /**
     * What is to be done, so that it can be stored.
     *
     * @param query the items
     * @param form {@link #JSON} or {@link #ZIP}
     * @param names {@link #KEEPS_EXTENSION} or not, in a ZIP
     * @param api the root of the API, for links
     * @param annotations the query for those that are listed; null for none
     * @param vectors the query for those that are listed; null for none
     * @param lockSeconds how long the dataset may be locked; null not to lock it
     */
    static JsonObject whatOf(
            JsonObject query,
            String form,
            String names,
            String api,
            @Nullable JsonObject annotations,
            @Nullable JsonObject vectors,
            @Nullable Long lockSeconds) {
        return spelled(query, api, annotations)
                .with(VECTORS, vectors)
                .with(FORM, form)
                .with(NAMES, names)
                .with(LOCK_SECONDS, lockSeconds);
    }

    /** @param annotations the query for those that are listed; null for none */
    static JsonObject spelled(JsonObject query, String api, @Nullable JsonObject annotations) {
        return query.with(API, api).with(ANNOTATIONS, annotations);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return items.count(command.datasetId(), WorkOnMatches.filterOf(command), command.lastIdThen());
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        return command.step() == null ? Flux.just(new Command.Step(null, "all", 0)) : Flux.empty();
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return carryOut(command, step, done -> Mono.empty());
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step, Progress progress) {
        Mono<Void> written = exports.add(command)
                .then(Mono.defer(() -> files.ensure(descriptionOf(command), bytes(command, progress))))
                .then();
        return command.todo().members().get(LOCK_SECONDS) instanceof Number seconds
                ? locked(command, Duration.ofSeconds(seconds.longValue()), written)
                : written;
    }

    /** Not released when this replica stops in the middle: another goes on, and locks again. */
    private Mono<Void> locked(Command command, Duration howLong, Mono<Void> work) {
        Mono<Void> released = Mono.defer(() -> locks.release(command.datasetId(), command.id()))
                .onErrorResume(failure -> {
                    log.warn("A lock of {} stays until it runs out: {}", command.datasetId(), failure.toString());
                    return Mono.empty();
                });
        return locks.lock(command.datasetId(), command.id(), howLong)
                .then(work)
                .onErrorResume(failure -> released.then(Mono.error(failure)))
                .then(released);
    }

    private ServiceFiles.Description descriptionOf(Command command) {
        String form = formOf(command);
        return new ServiceFiles.Description(
                command.datasetId(),
                Export.file(command.id(), form),
                "application/" + form,
                command.creator(),
                Map::of);
    }

    private Flux<byte[]> bytes(Command command, Progress progress) {
        AtomicLong done = new AtomicLong();
        Condition condition = WorkOnMatches.filterOf(command);
        Flux<Item> found = items.all(command.datasetId(), condition, null, command.lastIdThen())
                .doOnNext(item -> done.incrementAndGet());
        ItemsJson.Spelling spelling = spellingOf(command);
        Flux<byte[]> bytes = formOf(command).equals(ZIP)
                ? json.zip(
                        found,
                        spelling,
                        KEEPS_EXTENSION.equals(command.todo().members().get(NAMES)),
                        mostInZip)
                : json.array(found, spelling);
        return reported(bytes, done, progress);
    }

    /** Before the next bytes are written, if it is time; and once all are. */
    static Flux<byte[]> reported(Flux<byte[]> bytes, AtomicLong done, Progress progress) {
        return Flux.defer(() -> {
            AtomicLong last = new AtomicLong(System.nanoTime());
            return bytes.concatMap(
                            some -> {
                                long now = System.nanoTime();
                                if (now - last.get() < BETWEEN_REPORTS.toNanos()) {
                                    return Mono.just(some);
                                }
                                last.set(now);
                                return progress.reached(done.get()).thenReturn(some);
                            },
                            1)
                    .concatWith(Mono.defer(() -> progress.reached(done.get())).then(Mono.<byte[]>empty()));
        });
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return items.findAt(command.datasetId(), Export.file(command.id(), formOf(command)))
                .map(file -> JsonObject.EMPTY.with("outputItemId", file.id()))
                // Deleted since.
                .defaultIfEmpty(JsonObject.EMPTY);
    }

    private static String formOf(Command command) {
        return String.valueOf(command.todo().members().get(FORM));
    }

    static ItemsJson.Spelling spellingOf(Command command) {
        return new ItemsJson.Spelling(
                String.valueOf(command.todo().members().get(API)),
                accepted(command, ANNOTATIONS),
                accepted(command, VECTORS));
    }

    private static @Nullable Condition accepted(Command command, String member) {
        return command.todo().members().get(member) == null
                ? null
                : QueryParser.accepted(command.todo().object(member).members());
    }
}
