package io.sluice.itemservice.bulk;

import io.sluice.itemservice.bulk.Arrival.Kind;
import io.sluice.itemservice.bulk.BulkLines.Line;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.MediaProbe;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.itemservice.content.segment.Disk;
import io.sluice.itemservice.item.GivenItem;
import io.sluice.itemservice.item.GivenItem.Written;
import io.sluice.itemservice.item.Intake;
import io.sluice.itemservice.item.ItemIntake;
import io.sluice.itemservice.item.TakenItem;
import io.sluice.itemservice.item.TakenItem.Outcome;
import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * One bulk upload: reads what comes, writes bytes down while it reads on, brings files and their sidecars together, stores
 * what waits in batches, and says of each file what became of it. Everything is pulled from behind: who does not take the
 * answer is not read from.
 */
final class BulkUpload {

    static final int LARGEST_BATCH = 1_000;

    private static final int BATCHES_AT_ONCE = 2;
    private static final int FILES_AT_ONCE = 1_000;

    /** Enough that the question to the database is a small part of it, few enough that a second lot is on its way soon. */
    private static final int LARGEST_LANDING = 128;

    private static final int LANDINGS_AT_ONCE = 4;
    private static final int WAITING_FOR_BATCHES = 2 * LARGEST_BATCH;
    private static final int READ_AHEAD = 16;

    /** A text of so many bytes is read by a thread that may take its time. */
    private static final int LONG_TEXT = 64 * 1024;

    private static final Set<String> SIDECAR = Set.of("metadata", "description", "annotations", "sha256");
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private final ItemIntake items;
    private final Intake intake;
    private final BlobStore blobs;
    private final MediaProbe probe;
    private final JsonMapper json;
    private final Scheduler readers;
    private final BulkLines lines;
    private final Budget budget;
    private final Batches<GivenItem, TakenItem> stored;
    private final Batches<Came, Landed> landing;
    /** Null when every file is an item. */
    private final @Nullable Sidecars sidecars;

    private final Set<BlobStore.Writing> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isOver;
    private @Nullable Large large;

    /**
     * A file that has come whole and is small.
     *
     * @param mayBeSkipped whether it is to be left alone when something is at its path
     */
    private record Came(String path, byte[] bytes, boolean mayBeSkipped) {}

    /**
     * What became of it: one of the three is not null.
     *
     * @param there what is at its path, so that its bytes are not needed
     */
    private record Landed(
            @Nullable Written written,
            @Nullable TakenItem there,
            @Nullable Throwable failure) {}

    /** A file that is being written piece by piece. */
    private static final class Large {

        private final Entry.Begin begin;
        private final BlobStore.@Nullable Writing writing;
        private @Nullable TakenItem end;

        Large(Entry.Begin begin, BlobStore.@Nullable Writing writing, @Nullable TakenItem end) {
            this.begin = begin;
            this.writing = writing;
            this.end = end;
        }
    }

    BulkUpload(
            ItemIntake items,
            Intake intake,
            BlobStore blobs,
            MediaProbe probe,
            JsonMapper json,
            Scheduler readers,
            Budget budget,
            boolean hasSidecars) {
        this.items = items;
        this.intake = intake;
        this.blobs = blobs;
        this.probe = probe;
        this.json = json;
        this.readers = readers;
        this.lines = new BulkLines(json);
        this.budget = budget;
        this.sidecars = hasSidecars ? new Sidecars() : null;
        this.stored = new Batches<>(intake::take, LARGEST_BATCH, BATCHES_AT_ONCE);
        this.landing = new Batches<>(this::land, LARGEST_LANDING, LANDINGS_AT_ONCE);
    }

    /**
     * Takes everything.
     *
     * @param begin begins to read; may wait
     * @param failuresOnly whether nothing is said of what went well, but in the totals
     */
    Flux<byte[]> run(Callable<Entries> begin, boolean failuresOnly) {
        return Flux.usingWhen(Mono.just(this), upload -> upload.answer(begin, failuresOnly), upload -> {
            isOver = true;
            return upload.giveUpRest();
        });
    }

    private Flux<byte[]> answer(Callable<Entries> begin, boolean failuresOnly) {
        return read(begin, readers)
                .concatMap(this::gathered, READ_AHEAD)
                .flatMapSequential(this::landed, FILES_AT_ONCE, 1)
                .concatMapIterable(this::paired)
                .concatWith(
                        Flux.defer(() -> Flux.fromIterable(sidecars == null ? List.<Arrival>of() : sidecars.rest())))
                // In order, which costs nothing: what is not looks through all that wait for each that ends.
                .flatMapSequential(this::finished, WAITING_FOR_BATCHES, 1)
                .doOnNext(lines::count)
                .filter(line -> !failuresOnly || line.taken().outcome() == Outcome.FAILED)
                .map(lines::write)
                .concatWith(Mono.fromSupplier(lines::total));
    }

    /** What can be read, by a thread of its own, as far as it is wanted. */
    static Flux<Entry> read(Callable<Entries> begin, Scheduler readers) {
        return Flux.<Entry, Entries>generate(
                        begin,
                        (entries, sink) -> {
                            readOn(entries, sink);
                            return entries;
                        },
                        Entries::close)
                .onErrorResume(failure -> Mono.just(new Entry.Stop(failure)))
                .subscribeOn(readers, true);
    }

    private static void readOn(Entries entries, SynchronousSink<Entry> sink) {
        try {
            Entry entry = entries.next();
            if (entry == null) {
                sink.complete();
            } else {
                sink.next(entry);
            }
        } catch (Exception failure) {
            sink.error(failure);
        }
    }

    // --- Bytes

    /** What belongs to a large file is written in its order; everything else goes on as it is. */
    private Mono<Object> gathered(Entry entry) {
        if (entry instanceof Entry.Begin begin) {
            return skippable(List.of(begin.path()))
                    .map(there -> begin(begin, there.get(begin.path())))
                    .then(Mono.empty());
        }
        if (entry instanceof Entry.Piece piece) {
            return append(piece.bytes()).then(Mono.empty());
        }
        return entry instanceof Entry.End end ? ended(end).cast(Object.class) : Mono.just(entry);
    }

    private boolean begin(Entry.Begin begin, @Nullable TakenItem there) {
        BlobStore.Writing writing = there == null || begin.named() ? opened() : null;
        large = new Large(begin, writing, writing == null ? there : null);
        return true;
    }

    private BlobStore.Writing opened() {
        BlobStore.Writing writing = blobs.begin();
        open.add(writing);
        return writing;
    }

    private Mono<Void> append(byte[] bytes) {
        Large current = Objects.requireNonNull(large);
        return current.writing == null || current.end != null
                ? Mono.empty()
                : current.writing
                        .append(DefaultDataBufferFactory.sharedInstance.wrap(bytes))
                        .onErrorResume(failure -> {
                            current.end = TakenItem.failed(failure);
                            return giveUp(current.writing);
                        });
    }

    private Mono<Arrival> ended(Entry.End end) {
        Large current = Objects.requireNonNull(large);
        large = null;
        Entry.Begin begin = current.begin;
        if (current.end != null) {
            return Mono.just(Arrival.ended(begin.path(), Kind.of(begin.named()), current.end));
        }
        BlobStore.Writing writing = Objects.requireNonNull(current.writing);
        return (end.failure() == null
                        ? written(begin.path(), writing)
                                .map(bytes -> Arrival.written(begin.path(), Kind.of(begin.named()), bytes))
                        : Mono.<Arrival>error(end.failure()))
                .onErrorResume(failure -> giveUp(writing)
                        .thenReturn(Arrival.ended(begin.path(), Kind.of(begin.named()), TakenItem.failed(failure))));
    }

    private Mono<Written> written(String path, BlobStore.Writing writing) {
        return writing.finish()
                .flatMap(staged ->
                        probe.describe(staged, nameIn(path)).map(facts -> new Written(writing, staged, facts)));
    }

    private Mono<Written> write(String path, byte[] bytes) {
        return landing.put(new Came(path, bytes, false))
                .flatMap(landed -> landed.failure() == null
                        ? Mono.just(Objects.requireNonNull(landed.written()))
                        : Mono.error(landed.failure()));
    }

    /** Digests and looks at some files by one thread, which costs less than a thread for each. */
    private Mono<List<Landed>> land(List<Came> some) {
        return skippable(
                        some.stream().filter(Came::mayBeSkipped).map(Came::path).toList())
                .flatMap(there -> Disk.<List<Landed>>on(
                        () -> some.stream().map(came -> land(came, there)).toList()))
                // Nobody else gives up what was begun after the end.
                .delayUntil(all -> isOver ? giveUpRest() : Mono.empty());
    }

    private Landed land(Came came, Map<String, TakenItem> there) {
        TakenItem skipped = came.mayBeSkipped() ? there.get(came.path()) : null;
        if (skipped != null) {
            return new Landed(null, skipped, null);
        }
        BlobStore.Writing writing = opened();
        try {
            return new Landed(written(came, writing), null, null);
        } catch (Exception failure) {
            open.remove(writing);
            try {
                writing.giveUp();
            } catch (IOException remains) {
                failure.addSuppressed(remains);
            }
            return new Landed(null, null, failure);
        }
    }

    private Written written(Came came, BlobStore.Writing writing) throws IOException {
        StagedContent staged = writing.take(came.bytes());
        if (staged == null) {
            throw new IOException("The upload was given up");
        }
        return new Written(writing, staged, probe.look(staged, nameIn(came.path())));
    }

    private static String nameIn(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private Mono<Void> giveUp(BlobStore.Writing writing) {
        open.remove(writing);
        return writing.abandon();
    }

    private Mono<Void> giveUpRest() {
        return Flux.fromIterable(List.copyOf(open)).flatMap(this::giveUp).then();
    }

    /** When that cannot be told it is seen when they are stored. */
    private Mono<Map<String, TakenItem>> skippable(List<String> paths) {
        return paths.isEmpty()
                ? Mono.just(Map.of())
                : intake.skippable(paths).onErrorResume(failure -> Mono.just(Map.of()));
    }

    /** What is small is written down while others are. */
    private Mono<Arrival> landed(Object gathered) {
        if (gathered instanceof Arrival arrival) {
            return Mono.just(arrival);
        }
        if (gathered instanceof Entry.Small small) {
            return small.named() ? Mono.just(Arrival.text(small.path(), small.bytes())) : landed(small);
        }
        if (gathered instanceof Entry.Line line) {
            GivenItem item = line.item();
            return Mono.just(new Arrival(
                    item.path(), Kind.FILE, null, item.bytes(), null, item.said(), null, null, line.weight()));
        }
        if (gathered instanceof Entry.LineWithBytes line) {
            return landed(line);
        }
        if (gathered instanceof Entry.Folder folder) {
            return intake.makeDirectory(folder.path())
                    .then(Mono.<Arrival>empty())
                    .onErrorResume(failure -> Mono.just(ended(folder.path(), failure)));
        }
        if (gathered instanceof Entry.Broken broken) {
            return Mono.just(ended(broken.name(), broken.failure()));
        }
        lines.stop(((Entry.Stop) gathered).failure());
        return Mono.empty();
    }

    private static Arrival ended(String path, Throwable failure) {
        return Arrival.ended(path, Kind.NO_FILE, TakenItem.failed(failure));
    }

    private Mono<Arrival> landed(Entry.Small small) {
        return landing.put(new Came(small.path(), small.bytes(), true))
                .map(landed -> arrival(small.path(), landed))
                .onErrorResume(failure -> Mono.just(Arrival.ended(small.path(), Kind.FILE, TakenItem.failed(failure))))
                // The store holds small files in memory until their items are there.
                .map(arrival -> arrival.weighing(small.bytes().length));
    }

    private static Arrival arrival(String path, Landed landed) {
        if (landed.written() != null) {
            return Arrival.written(path, Kind.FILE, landed.written());
        }
        return Arrival.ended(
                path,
                Kind.FILE,
                landed.there() == null ? TakenItem.failed(Objects.requireNonNull(landed.failure())) : landed.there());
    }

    private Mono<Arrival> landed(Entry.LineWithBytes line) {
        return write(line.path(), line.bytes())
                .map(bytes -> new Arrival(
                        line.path(), Kind.FILE, null, bytes, line.sha256(), line.said(), null, null, line.weight()))
                .onErrorResume(failure -> {
                    budget.giveBack(line.weight());
                    return Mono.just(ended(line.path(), failure));
                });
    }

    // --- Items

    private List<Arrival> paired(Arrival arrival) {
        return sidecars == null ? List.of(arrival) : sidecars.next(arrival);
    }

    private Mono<Line> finished(Arrival arrival) {
        return taken(arrival)
                .onErrorResume(failure -> abandoned(arrival).thenReturn(TakenItem.failed(failure)))
                .map(taken -> new Line(arrival.path(), taken))
                .doFinally(end -> giveBack(arrival));
    }

    private void giveBack(Arrival arrival) {
        if (arrival.isWeighed()) {
            budget.giveBack(arrival.weight());
        }
        Arrival sidecar = arrival.sidecar();
        if (sidecar != null && sidecar.isWeighed()) {
            budget.giveBack(sidecar.weight());
        }
    }

    private Mono<Void> abandoned(Arrival arrival) {
        return arrival.bytes() instanceof Written written && open.contains(written.writing())
                ? giveUp(written.writing())
                : Mono.empty();
    }

    private Mono<TakenItem> taken(Arrival arrival) {
        if (arrival.end() != null) {
            return Mono.just(arrival.end());
        }
        byte[] text = arrival.text();
        return said(arrival)
                .flatMap(said -> text == null
                        ? store(arrival, arrival.bytes(), said)
                        : write(arrival.path(), text).flatMap(bytes -> store(arrival, bytes, said)));
    }

    private Mono<TakenItem> store(Arrival arrival, GivenItem.@Nullable Bytes bytes, Said said) {
        if (bytes instanceof Written written) {
            String digest = written.staged().content().sha256();
            if (said.sha256() != null && !said.sha256().equals(digest)) {
                return giveUp(written.writing())
                        .then(Mono.error(() -> Problem.VALIDATION_FAILED.at(
                                "sha256", "is not the digest of the bytes that came, which is " + digest)));
            }
            // From here on the batch lets go of what it does not store, also when nobody waits for it.
            open.remove(written.writing());
        }
        return stored.put(new GivenItem(arrival.path(), bytes, said.said()));
    }

    /** @param sha256 what the digest has to be; null when nothing is said of it */
    private record Said(GivenItem.Said said, @Nullable String sha256) {}

    private Mono<Said> said(Arrival arrival) {
        Arrival sidecar = arrival.sidecar();
        if (sidecar == null) {
            byte[] text = arrival.text();
            return text == null
                    ? Mono.just(new Said(arrival.said(), arrival.sha256()))
                    : parsed(text, () -> requireItem(text));
        }
        byte[] text = sidecar.text();
        if (text == null) {
            return abandoned(sidecar)
                    .then(Mono.error(() -> Problem.CONTENT_TOO_LARGE.at(
                            "sidecar",
                            sidecar.path() + " may have at most " + ArchiveEntries.LARGEST_SIDECAR + " bytes")));
        }
        return parsed(text, () -> sidecar(sidecar.path(), text));
    }

    private static <T> Mono<T> parsed(byte[] text, Callable<T> parsing) {
        Mono<T> parsed = Mono.fromCallable(parsing);
        return text.length < LONG_TEXT ? parsed : parsed.subscribeOn(Schedulers.boundedElastic());
    }

    private Said sidecar(String path, byte[] text) {
        Map<String, @Nullable Object> members = object(text);
        if (members == null) {
            throw Problem.VALIDATION_FAILED.at("sidecar", path + " must be a JSON object");
        }
        members.keySet().forEach(member -> {
            if (!SIDECAR.contains(member)) {
                throw Problem.VALIDATION_FAILED.at(
                        "sidecar",
                        path + " has the member " + member + "; it may have "
                                + SIDECAR.stream().sorted().collect(Collectors.joining(", ")));
            }
        });
        return new Said(items.said(members), LineEntries.digest(members.get("sha256")));
    }

    /** A file of JSON without another file is an item, unless it looks as if it were meant for one that did not come. */
    private Said requireItem(byte[] text) {
        Map<String, @Nullable Object> members = object(text);
        if (members != null && !members.isEmpty() && SIDECAR.containsAll(members.keySet())) {
            throw Problem.VALIDATION_FAILED.at(
                    "sidecar",
                    "is there without its file, or further from it than " + Sidecars.WINDOW
                            + " files; with sidecars=none it would be an item");
        }
        return new Said(GivenItem.Said.NOTHING, null);
    }

    private @Nullable Map<String, @Nullable Object> object(byte[] text) {
        try {
            return json.readValue(text, OBJECT);
        } catch (JacksonException notAnObject) {
            return null;
        }
    }
}
