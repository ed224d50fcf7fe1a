package io.sluice.itemservice.content.segment;

import io.sluice.itemservice.content.segment.BlobIndex.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Small bytes by their digest, many in one file. Replicas share the folder: each appends to segments of its own only, and any
 * of them reads all.
 */
public final class Segments {

    private static final Logger log = LoggerFactory.getLogger(Segments.class);

    /** Places that are remembered: a few megabytes. */
    private static final int REMEMBERED = 10_000;

    private static final int AT_ONCE = 1_000;

    private final Path folder;
    private final BlobIndex index;
    private final SegmentLedger ledger;
    private final SegmentReader reader;
    private final Appender appender;
    private final Compaction compaction;
    private final Clock clock;
    private final Map<String, Place> remembered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
            return size() > REMEMBERED;
        }
    };

    /**
     * Opens the folder; makes it when there is none.
     *
     * @param files whether bytes are there already in another way
     */
    public Segments(
            Path folder,
            ReactiveMongoTemplate mongo,
            FreeSpace freeSpace,
            Lookup files,
            SegmentProperties properties,
            Clock clock) {
        this(folder, mongo, freeSpace, files, properties, clock, SegmentWriter::create);
    }

    Segments(
            Path folder,
            ReactiveMongoTemplate mongo,
            FreeSpace freeSpace,
            Lookup files,
            SegmentProperties properties,
            Clock clock,
            Appender.SegmentOpening opening) {
        this.folder = folder;
        this.index = new BlobIndex(mongo);
        this.ledger = new SegmentLedger(mongo);
        this.reader = new SegmentReader(folder, properties.verifyOneIn());
        this.clock = clock;
        this.appender = new Appender(
                folder,
                index,
                ledger,
                freeSpace,
                files,
                this::remember,
                opening,
                properties.roll().toBytes(),
                clock);
        this.compaction = new Compaction(folder, index, ledger, reader, appender, properties.graceAfterMove(), clock);
        try {
            Files.createDirectories(folder);
            try (FileChannel parent = FileChannel.open(
                    Objects.requireNonNull(folder.toAbsolutePath().getParent()), StandardOpenOption.READ)) {
                parent.force(true);
            }
        } catch (IOException unusable) {
            throw new UncheckedIOException("The folder for small files, " + folder + ", cannot be used", unusable);
        }
    }

    /** How many segments there are, of all replicas. */
    public Mono<Long> count() {
        return ledger.count();
    }

    /** Whether bytes are there already as a file of their own, which then is in no trash. */
    @FunctionalInterface
    public interface Lookup {

        boolean has(String sha256) throws IOException;
    }

    /** Makes the bytes durable and takes them out of the trash; those that are there already are not written again. */
    public Mono<Void> keep(HeldBytes held) {
        return appender.keep(held);
    }

    /** As {@link #keep}, of many; fails when one of them fails. */
    public Mono<Void> keepAll(Collection<HeldBytes> all) {
        return appender.keepAll(all);
    }

    /** Makes sure that nobody discards bytes any more that a document names. False when there are none. */
    public Mono<Boolean> hold(String sha256) {
        return index.find(sha256)
                .flatMap(entry -> entry.trashedAt() == null ? Mono.just(true) : index.restore(sha256))
                .defaultIfEmpty(false);
    }

    /** Which of these are here, also in the trash. */
    public Mono<Set<String>> known(Collection<String> digests) {
        return Flux.fromIterable(digests)
                .buffer(AT_ONCE)
                .concatMap(some -> index.find(some))
                .reduce(Set.of(), Segments::union);
    }

    private static Set<String> union(Set<String> before, Map<String, Entry> found) {
        Set<String> all = new HashSet<>(before);
        all.addAll(found.keySet());
        return all;
    }

    /** Where the bytes are, from memory; null when that is not known. What is remembered is good as long as the file is. */
    public @Nullable Place remembered(String sha256) {
        synchronized (remembered) {
            return remembered.get(sha256);
        }
    }

    private void remember(String sha256, Place place) {
        synchronized (remembered) {
            remembered.put(sha256, place);
        }
    }

    private void forget(String sha256) {
        synchronized (remembered) {
            remembered.remove(sha256);
        }
    }

    /** Where the bytes are; empty when they are not here. */
    public Mono<Place> find(String sha256) {
        return index.find(sha256).map(Entry::place).doOnNext(place -> remember(sha256, place));
    }

    /**
     * Reads a part of the bytes, in pieces.
     *
     * @param place where they are, or were a while ago
     * @return fails with {@link Damaged} before the first piece when what is there is not what was written
     */
    public Flux<byte[]> read(String sha256, Place place, long start, long count) {
        long pieces = (count + SegmentReader.PIECE - 1) / SegmentReader.PIECE;
        return Flux.range(0, (int) pieces)
                .concatMap(
                        piece -> {
                            long from = start + (long) piece * SegmentReader.PIECE;
                            int some = (int) Math.min(SegmentReader.PIECE, start + count - from);
                            return at(sha256, place, now -> Disk.on(() -> reader.piece(sha256, now, from, some)));
                        },
                        1);
    }

    /** Writes the bytes into a new file. */
    public Mono<Path> copy(String sha256, Place place, Path to) {
        return at(
                sha256,
                place,
                now -> Disk.on(() -> {
                    try (FileChannel file =
                            FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                        reader.copy(sha256, now, file);
                    }
                    return to;
                }));
    }

    /** Looks again when the segment is gone: then the bytes were moved some time ago. */
    private <T> Mono<T> at(String sha256, Place place, Function<Place, Mono<T>> reading) {
        return reading.apply(place)
                .onErrorResume(NoSuchFileException.class, moved -> {
                    forget(sha256);
                    return find(sha256)
                            .filter(now -> !now.equals(place))
                            .switchIfEmpty(Mono.error(() -> new Damaged("The segment " + place.segment()
                                    + " is missing, and with it the bytes of " + sha256)))
                            .flatMap(reading);
                })
                .doOnError(Damaged.class, damaged -> log.error("Bytes cannot be read: {}", damaged.getMessage()));
    }

    /** Puts bytes that nobody names into the trash. */
    public Mono<Void> discard(String sha256) {
        return index.discard(sha256, clock.instant());
    }

    /** Takes bytes out of the trash, if they are there. */
    public Mono<Void> restore(String sha256) {
        return index.restore(sha256).then(index.forgetTrash(sha256));
    }

    /** Forgets bytes that are in the trash; their room is given back when most of their segment is. */
    public Mono<Void> purge(String sha256) {
        return index.purge(sha256)
                .doOnNext(gone -> forget(sha256))
                .flatMap(gone ->
                        ledger.addDead(gone.place().segment(), gone.place().length()));
    }

    /** Digests that came into the trash before then; perhaps they are there no more. */
    public Flux<String> inTrashBefore(Instant then) {
        return index.inTrashBefore(then);
    }

    /** Says that this process is there; to be called several times in the {@link #lease}. */
    public Mono<Void> renew() {
        return appender.renew();
    }

    /** For how long others wait for a word of this process before they take its segments over. */
    public static Duration lease() {
        return Appender.LEASE;
    }

    /**
     * Takes over the segments of processes that are no more. Which of the bytes in them are nobody's, nobody may know.
     *
     * @param look sees to some of them
     */
    public Mono<Void> takeOver(Function<List<String>, Mono<Void>> look) {
        return ledger.leftBefore(clock.instant().minus(Appender.LEASE))
                .filter(left -> !appender.owns(left.id()))
                .concatMap(left -> ledger.take(left, appender.owner(), clock.instant()))
                .concatMap(held -> Disk.on(() -> walked(held.id()))
                        .flatMap(walked -> Flux.fromIterable(walked.digests())
                                .buffer(AT_ONCE)
                                .concatMap(look)
                                .then(Mono.defer(() -> ledger.settle(held.id(), appender.owner(), walked.end()))))
                        // It was made known, but not made any more.
                        .onErrorResume(NoSuchFileException.class, none -> ledger.remove(held.id())))
                .then();
    }

    private record Walked(List<String> digests, long end) {}

    private Walked walked(String segment) throws IOException {
        List<String> digests = new ArrayList<>();
        long end = SegmentScan.walk(folder, segment, false, new SegmentScan.Visitor() {
            @Override
            public void record(String sha256, Place place) {
                digests.add(sha256);
            }

            @Override
            public void damage(long from, long to) {
                log.warn("The segment {} is torn from {} to {}", segment, from, to);
            }
        });
        return new Walked(digests, end);
    }

    /** Gives back the room of what was purged. */
    public Mono<Void> compact() {
        return compaction.round();
    }

    /** Leaves everything to the others, as far as that is possible. */
    public Mono<Void> close() {
        return appender.sealCurrent().then(appender.renew());
    }
}
