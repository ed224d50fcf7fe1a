package io.sluice.itemservice.content.segment;

import io.sluice.itemservice.content.segment.BlobIndex.Entry;
import io.sluice.itemservice.content.segment.BlobIndex.Move;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * The one writer of this process: takes all who wait at a time, appends what they bring, syncs once, says in the index where
 * it is, and then answers all of them. While one lot is written into the index, the next is appended already.
 */
final class Appender {

    private static final Logger log = LoggerFactory.getLogger(Appender.class);

    private static final int MOST_AT_ONCE = 1024;
    private static final long MOST_BYTES_AT_ONCE = 8L * 1024 * 1024;

    /** Lots on their way into the index at the same time. */
    private static final int LOTS = 4;

    /** The database does not answer any more. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Several lots may be before one's own. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

    /** After so long without a word from it, a process is taken to be no more. */
    static final Duration LEASE = Duration.ofHours(1);

    private final String owner = UUID.randomUUID().toString();
    private final Path folder;
    private final BlobIndex index;
    private final SegmentLedger ledger;
    private final FreeSpace freeSpace;
    private final Segments.Lookup files;
    private final BiConsumer<String, Place> placed;
    private final SegmentOpening opening;
    private final long roll;
    private final Clock clock;

    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int lots;
    private boolean isAppending;
    private final Map<String, OwnSegment> own = new ConcurrentHashMap<>();
    private volatile @Nullable OwnSegment current;

    /** Makes the file of a segment. */
    @FunctionalInterface
    interface SegmentOpening {

        SegmentWriter open(Path folder, String segment) throws IOException;
    }

    Appender(
            Path folder,
            BlobIndex index,
            SegmentLedger ledger,
            FreeSpace freeSpace,
            Segments.Lookup files,
            BiConsumer<String, Place> placed,
            SegmentOpening opening,
            long roll,
            Clock clock) {
        this.folder = folder;
        this.index = index;
        this.ledger = ledger;
        this.freeSpace = freeSpace;
        this.files = files;
        this.placed = placed;
        this.opening = opening;
        this.roll = roll;
        this.clock = clock;
    }

    /**
     * Somebody who waits.
     *
     * @param from where the bytes are now when they are to be moved; null for new ones
     */
    private record Waiting(HeldBytes held, @Nullable Place from, Sinks.One<Boolean> answer) {

        Waiting(HeldBytes held, @Nullable Place from) {
            this(held, from, Sinks.one());
        }

        String sha256() {
            return held.sha256();
        }

        boolean isMove() {
            return from != null;
        }

        void answer(boolean isDone) {
            answer.tryEmitValue(isDone);
        }

        void fail(Throwable failure) {
            answer.tryEmitError(failure);
        }
    }

    String owner() {
        return owner;
    }

    /** Makes the bytes durable and findable, unless they are already. */
    Mono<Void> keep(HeldBytes held) {
        return add(() -> new Waiting(held, null)).then();
    }

    /** As {@link #keep}, of many, who wait together. Fails when each of them has been answered and one of them in vain. */
    Mono<Void> keepAll(Collection<HeldBytes> all) {
        return Mono.defer(() -> {
            List<Waiting> arrivals =
                    all.stream().map(held -> new Waiting(held, null)).toList();
            synchronized (queue) {
                queue.addAll(arrivals);
            }
            next();
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
            return Mono.when(arrivals.stream()
                            .map(waiting -> waiting.answer()
                                    .asMono()
                                    .doOnError(one -> failure.compareAndSet(null, one))
                                    .onErrorComplete())
                            .toList())
                    .then(Mono.defer(() -> failure.get() == null
                            ? Mono.<Void>empty()
                            : Mono.<Void>error(Objects.requireNonNull(failure.get()))))
                    .timeout(LONGEST_WAIT)
                    .publishOn(Schedulers.parallel());
        });
    }

    /** Copies a record to the current segment. False when it is no longer where it was. */
    Mono<Boolean> move(HeldBytes held, Place from) {
        return add(() -> new Waiting(held, from));
    }

    private Mono<Boolean> add(Supplier<Waiting> arrival) {
        return Mono.defer(() -> {
            Waiting waiting = arrival.get();
            synchronized (queue) {
                queue.add(waiting);
            }
            next();
            // What follows an answer must not keep the next one waiting.
            return waiting.answer().asMono().timeout(LONGEST_WAIT).publishOn(Schedulers.parallel());
        });
    }

    /** Begins with those who wait, unless somebody is at it; he does so when he is done. */
    private void next() {
        List<Waiting> lot;
        synchronized (queue) {
            if (isAppending || lots >= LOTS || queue.isEmpty()) {
                return;
            }
            lot = take();
            isAppending = true;
            lots++;
        }
        Mono.defer(() -> lookUp(lot).timeout(PATIENCE))
                // Never cut off: nobody else may write to the segment meanwhile.
                .flatMap(this::append)
                .doFinally(end -> appended())
                .flatMap(appended -> enter(appended).timeout(PATIENCE))
                .onErrorResume(failure -> {
                    lot.forEach(waiting -> waiting.fail(failure));
                    return Mono.empty();
                })
                .doFinally(end -> entered())
                .subscribe();
    }

    private List<Waiting> take() {
        List<Waiting> lot = new ArrayList<>();
        long bytes = 0;
        while (!queue.isEmpty() && lot.size() < MOST_AT_ONCE && bytes < MOST_BYTES_AT_ONCE) {
            Waiting waiting = queue.remove();
            if (waiting.held().isOver()) {
                // Whoever brought them has gone away.
                waiting.answer(false);
                continue;
            }
            bytes += waiting.held().bytes().length;
            lot.add(waiting);
        }
        return lot;
    }

    private void appended() {
        synchronized (queue) {
            isAppending = false;
        }
        next();
    }

    private void entered() {
        synchronized (queue) {
            lots--;
        }
        next();
    }

    /** Answers those whose bytes are there already; the others, each digest once, are to be written. */
    private Mono<List<Waiting>> lookUp(List<Waiting> lot) {
        Set<String> asked = ConcurrentHashMap.newKeySet();
        lot.stream().filter(waiting -> !waiting.isMove()).forEach(waiting -> asked.add(waiting.sha256()));
        return index.find(asked).flatMap(found -> {
            Map<String, Waiting> missing = new LinkedHashMap<>();
            List<Waiting> moves = new ArrayList<>();
            List<Mono<Void>> others = new ArrayList<>();
            for (Waiting waiting : lot) {
                Entry entry = found.get(waiting.sha256());
                if (waiting.isMove()) {
                    moves.add(waiting);
                } else if (entry == null) {
                    Waiting first = missing.putIfAbsent(waiting.sha256(), waiting);
                    if (first != null) {
                        others.add(follow(first, waiting));
                    }
                } else if (entry.trashedAt() == null) {
                    done(waiting, entry.place());
                } else {
                    others.add(restore(waiting, entry.place()));
                }
            }
            moves.addAll(missing.values());
            // Who waits for another of the same lot is answered by him, so nobody waits for that here.
            Flux.merge(others).subscribe();
            return moves.isEmpty() ? Mono.empty() : Mono.just(moves);
        });
    }

    /** Whoever brings the same bytes at the same time gets the same answer, unless the first has gone away. */
    private Mono<Void> follow(Waiting first, Waiting second) {
        return first.answer()
                .asMono()
                .doOnNext(isDone -> {
                    Instant kept = first.held().keptAt();
                    if (isDone && kept != null) {
                        second.held().kept(kept);
                        second.answer(true);
                    } else {
                        again(second);
                    }
                })
                .doOnError(second::fail)
                .onErrorComplete()
                .then();
    }

    /** In the trash, or was a moment ago: when it is gone by now it is to be written after all. */
    private Mono<Void> restore(Waiting waiting, Place place) {
        return index.restore(waiting.sha256())
                .doOnNext(isThere -> {
                    if (isThere) {
                        done(waiting, place);
                    } else {
                        again(waiting);
                    }
                })
                .doOnError(waiting::fail)
                .onErrorComplete()
                .then();
    }

    private void again(Waiting waiting) {
        synchronized (queue) {
            queue.addFirst(waiting);
        }
        next();
    }

    private void done(Waiting waiting, Place place) {
        placed.accept(waiting.sha256(), place);
        waiting.held().kept(clock.instant());
        waiting.answer(true);
    }

    /** A lot that is on the disk. */
    private record Appended(OwnSegment segment, List<Waiting> lot, List<Place> places) {}

    private Mono<Appended> append(List<Waiting> lot) {
        return open().flatMap(segment -> Disk.on(() -> written(segment, lot)));
    }

    private @Nullable Appended written(OwnSegment segment, List<Waiting> lot) throws IOException {
        List<Waiting> wanted = new ArrayList<>();
        for (Waiting waiting : lot) {
            if (!waiting.isMove() && files.has(waiting.sha256())) {
                waiting.held().kept(clock.instant());
                waiting.answer(true);
            } else {
                wanted.add(waiting);
            }
        }
        if (wanted.isEmpty()) {
            return null;
        }
        freeSpace.require();
        try {
            List<Place> places =
                    segment.append(wanted.stream().map(Waiting::held).toList());
            for (Waiting waiting : wanted) {
                if (!waiting.isMove()) {
                    waiting.held().leaveTraceIn(segment);
                }
            }
            return new Appended(segment, wanted, places);
        } catch (IOException failure) {
            log.warn("Nothing more is written to the segment {}: {}", segment.id(), failure.toString());
            seal(segment);
            // Says so when it was for want of room.
            freeSpace.require();
            throw failure;
        }
    }

    private Mono<OwnSegment> open() {
        OwnSegment open = current;
        if (open != null && !open.isFull(roll) && !open.isSealed() && !open.isStale(clock.instant(), LEASE)) {
            return Mono.just(open);
        }
        String id = UUID.randomUUID().toString();
        Mono<OwnSegment> made = Disk.on(() -> {
            if (open != null) {
                seal(open);
            }
            OwnSegment fresh = new OwnSegment(id, opening.open(folder, id), clock.instant());
            own.put(id, fresh);
            current = fresh;
            return fresh;
        });
        return Disk.<Boolean>on(() -> {
                    freeSpace.require();
                    return true;
                })
                .then(ledger.open(id, owner, clock.instant()).timeout(PATIENCE))
                .then(made.onErrorResume(failure -> ledger.remove(id).then(Mono.error(failure))));
    }

    private static void seal(OwnSegment segment) {
        try {
            segment.seal();
        } catch (IOException failure) {
            log.warn("The segment {} was not closed: {}", segment.id(), failure.toString());
        }
    }

    /** Says in the index where they are. The first to say so of some bytes is believed. */
    private Mono<Void> enter(Appended appended) {
        List<Entry> entries = new ArrayList<>();
        List<Move> moves = new ArrayList<>();
        Map<String, Waiting> newcomers = new LinkedHashMap<>();
        Map<String, Waiting> movers = new LinkedHashMap<>();
        for (int one = 0; one < appended.lot().size(); one++) {
            Waiting waiting = appended.lot().get(one);
            Place place = appended.places().get(one);
            if (waiting.from() == null) {
                entries.add(new Entry(waiting.sha256(), place, null));
                newcomers.put(waiting.sha256(), waiting);
            } else {
                moves.add(new Move(waiting.sha256(), waiting.from(), place));
                movers.put(waiting.sha256(), waiting);
            }
        }
        return index.insert(entries)
                .flatMap(taken -> ours(appended.segment(), entries).doOnSuccess(stillOurs -> {
                    for (Entry entry : entries) {
                        Waiting waiting = Objects.requireNonNull(newcomers.get(entry.sha256()));
                        if (taken.contains(entry.sha256())) {
                            // Who comes second asks again what the first has put there.
                            appended.segment().addDead(entry.place().length());
                            again(waiting);
                        } else {
                            done(waiting, entry.place());
                        }
                    }
                }))
                .then(index.move(moves))
                .doOnNext(vain -> {
                    vain.forEach(move -> {
                        appended.segment().addDead(move.to().length());
                        Objects.requireNonNull(movers.remove(move.sha256())).answer(false);
                    });
                    moves.stream()
                            .filter(move -> movers.containsKey(move.sha256()))
                            .forEach(move -> done(Objects.requireNonNull(movers.get(move.sha256())), move.to()));
                })
                .then();
    }

    /** Somebody may have taken the segment over from a process that stood still for very long. */
    private Mono<Void> ours(OwnSegment segment, List<Entry> entries) {
        if (!segment.isStale(clock.instant(), LEASE)) {
            return Mono.empty();
        }
        return ledger.isOpen(segment.id(), owner)
                .filter(isOpen -> !isOpen)
                .flatMap(lost -> index.remove(entries)
                        .then(Mono.error(new IOException("The segment " + segment.id() + " was taken over"))));
    }

    /** Tells the others that this process is there, and which of its segments are theirs to look after. */
    Mono<Void> renew() {
        return Flux.fromIterable(List.copyOf(own.values()))
                .concatMap(segment -> ledger.addDead(segment.id(), segment.takeDead()))
                .thenMany(Flux.fromIterable(List.copyOf(own.values())))
                .filter(segment -> segment.isSealed() && !segment.hasTraces() && segment != current)
                .concatMap(segment -> ledger.settle(segment.id(), owner, segment.end())
                        .doOnSuccess(settled -> own.remove(segment.id())))
                .then(Mono.defer(() -> renew(List.copyOf(own.values()))));
    }

    private Mono<Void> renew(Collection<OwnSegment> segments) {
        Instant now = clock.instant();
        return segments.isEmpty()
                ? Mono.empty()
                : ledger.renew(segments.stream().map(OwnSegment::id).toList(), owner, now)
                        .doOnSuccess(renewed -> segments.forEach(segment -> segment.renewed(now)));
    }

    /** Whether this process has to do with a segment itself. */
    boolean owns(String segment) {
        return own.containsKey(segment);
    }

    /** Begins a new segment with what comes next. */
    Mono<Void> sealCurrent() {
        return Disk.<Boolean>on(() -> {
                    OwnSegment open = current;
                    if (open != null) {
                        current = null;
                        seal(open);
                    }
                    return true;
                })
                .then();
    }
}
