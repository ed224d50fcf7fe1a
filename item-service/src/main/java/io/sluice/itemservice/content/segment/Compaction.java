package io.sluice.itemservice.content.segment;

import io.sluice.itemservice.content.segment.BlobIndex.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Gives back the room of records that the index does not name: copies the others of a segment that is mostly dead to the current
 * one, and removes the file when no read can be under way in it any more. Each step may be the last before a crash; whoever
 * begins anew finds what was moved no longer there.
 */
final class Compaction {

    private static final Logger log = LoggerFactory.getLogger(Compaction.class);

    private static final int RECORDS_AT_ONCE = 256;
    private static final long BYTES_AT_ONCE = 4L * 1024 * 1024;

    private final Path folder;
    private final BlobIndex index;
    private final SegmentLedger ledger;
    private final SegmentReader reader;
    private final Appender appender;
    private final Duration grace;
    private final Clock clock;

    Compaction(
            Path folder,
            BlobIndex index,
            SegmentLedger ledger,
            SegmentReader reader,
            Appender appender,
            Duration grace,
            Clock clock) {
        this.folder = folder;
        this.index = index;
        this.ledger = ledger;
        this.reader = reader;
        this.appender = appender;
        this.grace = grace;
        this.clock = clock;
    }

    /** What a walk through a segment has found. */
    private record Inventory(List<Found> records, boolean isDamaged) {}

    private record Found(String sha256, Place place) {}

    /** One round. */
    Mono<Void> round() {
        return removeMoved().then(moveMostlyDead());
    }

    private Mono<Void> moveMostlyDead() {
        return ledger.in(SegmentNote.State.SETTLED)
                .filter(SegmentNote::isMostlyDead)
                .concatMap(found -> ledger.takeFree(found, appender.owner(), clock.instant(), Appender.LEASE))
                .concatMap(this::move)
                .then();
    }

    private Mono<Void> move(SegmentNote held) {
        return Disk.on(() -> inventory(held.id()))
                .flatMap(inventory -> Flux.fromIterable(inventory.records())
                        .bufferUntil(new Lots())
                        .concatMap(lot -> moveLive(lot)
                                .flatMap(moved -> ledger.renew(List.of(held.id()), appender.owner(), clock.instant())
                                        .thenReturn(moved)))
                        .then(Mono.defer(() -> finish(held, inventory.isDamaged()))))
                .onErrorResume(NoSuchFileException.class, gone -> finish(held, false))
                .onErrorResume(Damaged.class, damaged -> {
                    log.error("The segment {} stays, because it is damaged: {}", held.id(), damaged.getMessage());
                    return ledger.change(held, SegmentNote.State.DAMAGED, clock.instant());
                });
    }

    private Inventory inventory(String segment) throws IOException {
        List<Found> records = new ArrayList<>();
        boolean[] isDamaged = new boolean[1];
        SegmentScan.walk(folder, segment, false, new SegmentScan.Visitor() {
            @Override
            public void record(String sha256, Place place) {
                records.add(new Found(sha256, place));
            }

            @Override
            public void damage(long from, long to) {
                isDamaged[0] = true;
            }
        });
        return new Inventory(records, isDamaged[0]);
    }

    /** Parts records into lots that memory has room for. */
    private static final class Lots implements Predicate<Found> {

        private int records;
        private long bytes;

        @Override
        public boolean test(Found last) {
            records++;
            bytes += last.place().size();
            boolean isFull = records >= RECORDS_AT_ONCE || bytes >= BYTES_AT_ONCE;
            if (isFull) {
                records = 0;
                bytes = 0;
            }
            return isFull;
        }
    }

    private Mono<Long> moveLive(List<Found> lot) {
        return index.find(lot.stream().map(Found::sha256).toList())
                .flatMap(entries -> Flux.fromIterable(lot)
                        .filter(found -> isLive(found, entries))
                        .flatMap(found -> Disk.on(() -> reader.all(found.sha256(), found.place()))
                                .flatMap(bytes -> appender.move(new HeldBytes(found.sha256(), bytes), found.place())))
                        .count());
    }

    private static boolean isLive(Found found, Map<String, Entry> entries) {
        Entry entry = entries.get(found.sha256());
        return entry != null && entry.place().equals(found.place());
    }

    /** What lies between damaged places is nobody's only if the index names nothing in the whole segment. */
    private Mono<Void> finish(SegmentNote held, boolean isDamaged) {
        return (isDamaged ? index.isUsed(held.id()) : Mono.just(false)).flatMap(isUsed -> {
            if (isUsed) {
                log.error("The segment {} stays, because it is damaged where there are bytes", held.id());
            }
            return ledger.change(held, isUsed ? SegmentNote.State.DAMAGED : SegmentNote.State.MOVED, clock.instant());
        });
    }

    /** The last look at the index costs much, but a document without bytes could not be made good. */
    private Mono<Void> removeMoved() {
        return ledger.in(SegmentNote.State.MOVED)
                .filter(moved -> moved.seenAt().plus(grace).isBefore(clock.instant()))
                .concatMap(moved -> index.isUsed(moved.id()).flatMap(isUsed -> {
                    if (isUsed) {
                        log.error("The segment {} stays: the index still names it", moved.id());
                        return ledger.change(moved, SegmentNote.State.DAMAGED, clock.instant());
                    }
                    return Disk.on(() -> Files.deleteIfExists(folder.resolve(moved.id())))
                            .then(ledger.remove(moved.id()));
                }))
                .then();
    }
}
