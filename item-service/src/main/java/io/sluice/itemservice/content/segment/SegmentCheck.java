package io.sluice.itemservice.content.segment;

import io.sluice.itemservice.content.segment.BlobIndex.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * Compares segments and index. The segments are what counts: each record says itself what it is, so that the index can be made
 * of them anew.
 */
public final class SegmentCheck {

    private static final int AT_ONCE = 1_000;

    /** A repair may bring to light what only the next one can put right. */
    private static final int ROUNDS = 2;

    private final Path folder;
    private final BlobIndex index;
    private final SegmentLedger ledger;
    private final SegmentReader reader;
    private final Clock clock;

    public SegmentCheck(Path folder, ReactiveMongoTemplate mongo, Clock clock) {
        this.folder = folder;
        this.index = new BlobIndex(mongo);
        this.ledger = new SegmentLedger(mongo);
        this.reader = new SegmentReader(folder, 1);
        this.clock = clock;
    }

    /** How many bytes all segments have together. */
    public long size() throws IOException {
        long all = 0;
        for (String segment : files()) {
            all += Files.size(folder.resolve(segment));
        }
        return all;
    }

    /** Which of these the index knows. */
    public Mono<Set<String>> known(Collection<String> digests) {
        return index.find(digests).map(Map::keySet);
    }

    /** Reads every record and verifies its checksum and its digest. */
    public void verify(Findings findings) throws IOException {
        for (String segment : files()) {
            SegmentScan.walk(folder, segment, true, new SegmentScan.Visitor() {
                @Override
                public void record(String sha256, Place place) {
                    // As it was written.
                }

                @Override
                public void damage(long from, long to) throws IOException {
                    tell(segment, from, to, findings);
                }

                @Override
                public void read(long bytes) {
                    findings.read(bytes);
                }
            });
        }
    }

    private void tell(String segment, long from, long to, Findings findings) throws IOException {
        List<Entry> lost = Objects.requireNonNullElse(
                Waiting.on(index.in(segment)
                        .filter(entry -> entry.place().offset() < to
                                && entry.place().start() + entry.place().size() > from)
                        .collectList()),
                List.of());
        String where = "segment " + segment + ", bytes " + from + " to " + to;
        if (lost.isEmpty()) {
            findings.harmless(where + ": not what was written, but nothing that is needed");
        }
        lost.forEach(entry -> findings.wrong(where + ": the bytes of " + entry.sha256() + " are damaged"));
    }

    /**
     * Compares what the index says with what is there.
     *
     * @param named which of some digests documents name
     * @param repairs whether the index is made to say what is there
     */
    public void compare(Function<Collection<String>, Mono<Set<String>>> named, boolean repairs, Findings findings)
            throws IOException {
        boolean hasChanged = true;
        for (int round = 0; round < (repairs ? ROUNDS : 1) && hasChanged; round++) {
            hasChanged = new Comparison(named, repairs, findings).run();
        }
    }

    private final class Comparison {

        private final Function<Collection<String>, Mono<Set<String>>> named;
        private final boolean repairs;
        private final Findings findings;
        private boolean hasChanged;

        Comparison(Function<Collection<String>, Mono<Set<String>>> named, boolean repairs, Findings findings) {
            this.named = named;
            this.repairs = repairs;
            this.findings = findings;
        }

        boolean run() throws IOException {
            // A segment is noted before it is made, so what is there now must be noted.
            Set<String> files = new HashSet<>(files());
            Map<String, SegmentNote> notes = new HashMap<>();
            for (SegmentNote note :
                    Objects.requireNonNullElse(Waiting.on(ledger.all().collectList()), List.<SegmentNote>of())) {
                notes.put(note.id(), note);
            }
            Map<String, Long> entries =
                    Objects.requireNonNullElse(Waiting.on(index.countBySegment()), Map.<String, Long>of());
            for (String segment : files) {
                try {
                    compare(segment, notes.get(segment), entries.getOrDefault(segment, 0L));
                } catch (NoSuchFileException removedMeanwhile) {
                    withoutRecord(segment, Set.of());
                }
            }
            for (Map.Entry<String, Long> entry : entries.entrySet()) {
                if (!files.contains(entry.getKey())) {
                    withoutRecord(entry.getKey(), Set.of());
                }
            }
            return hasChanged;
        }

        private void compare(String segment, @Nullable SegmentNote note, long entries) throws IOException {
            Contents contents = new Contents();
            long end = SegmentScan.walk(folder, segment, true, contents);
            long length = Files.size(folder.resolve(segment));
            if (end < length) {
                findings.harmless("segment " + segment + ": a torn end of " + (length - end) + " bytes");
            }
            for (String damage : contents.damages) {
                findings.harmless("segment " + segment + ": bytes " + damage + " are no record");
            }
            Set<Long> live = new HashSet<>();
            long liveBytes = 0;
            for (List<Place> some : lots(contents.records.keySet())) {
                liveBytes += look(some, contents.records, live);
            }
            if (live.size() < entries) {
                withoutRecord(segment, live);
            }
            settle(segment, note, end, liveBytes);
        }

        /** Those of the records that the index names, and those that it should. */
        private long look(List<Place> some, Map<Place, String> records, Set<Long> live) throws IOException {
            List<String> digests = some.stream()
                    .map(place -> Objects.requireNonNull(records.get(place)))
                    .toList();
            Map<String, Entry> entries =
                    Objects.requireNonNullElse(Waiting.on(index.find(digests)), Map.<String, Entry>of());
            List<Entry> unknown = new ArrayList<>();
            long liveBytes = 0;
            for (Place place : some) {
                String sha256 = Objects.requireNonNull(records.get(place));
                Entry entry = entries.get(sha256);
                if (entry == null) {
                    unknown.add(new Entry(sha256, place, null));
                } else if (entry.place().equals(place)) {
                    live.add(place.offset());
                    liveBytes += place.length();
                }
            }
            return liveBytes + enter(unknown);
        }

        private long enter(List<Entry> unknown) throws IOException {
            if (unknown.isEmpty()) {
                return 0;
            }
            Set<String> wanted = Objects.requireNonNullElse(
                    Waiting.on(named.apply(unknown.stream().map(Entry::sha256).toList())), Set.<String>of());
            long bytes = 0;
            for (Entry entry : unknown) {
                if (!wanted.contains(entry.sha256())) {
                    continue;
                }
                String what = "the index does not say that the bytes " + entry.sha256() + ", which are needed, are in "
                        + entry.place().segment();
                if (repairs) {
                    Waiting.on(index.put(entry));
                    bytes += entry.place().length();
                    repaired(what);
                } else {
                    findings.wrong(what);
                }
            }
            return bytes;
        }

        private void withoutRecord(String segment, Set<Long> live) throws IOException {
            List<Entry> lost = Objects.requireNonNullElse(
                    Waiting.on(index.in(segment)
                            .filter(entry -> !live.contains(entry.place().offset()))
                            .collectList()),
                    List.<Entry>of());
            for (Entry entry : lost) {
                if (isThere(entry)) {
                    // It was written since.
                    continue;
                }
                String what = "the index says that the bytes " + entry.sha256() + " are in " + segment + " at "
                        + entry.place().offset() + ", where they are not";
                if (repairs) {
                    Waiting.on(index.remove(List.of(entry)));
                    repaired(what);
                } else {
                    findings.wrong(what);
                }
            }
        }

        private boolean isThere(Entry entry) throws IOException {
            try {
                reader.all(entry.sha256(), entry.place());
                return true;
            } catch (Damaged | NoSuchFileException lost) {
                return false;
            }
        }

        private void settle(String segment, @Nullable SegmentNote note, long end, long liveBytes) throws IOException {
            if (note == null) {
                String what = "segment " + segment + ": nobody knows of it";
                if (repairs) {
                    // As if its process were no more, which it is: whoever runs next looks at what is in it.
                    Waiting.on(ledger.put(
                            new SegmentNote(segment, SegmentNote.State.OPEN, "", Instant.EPOCH, end, end - liveBytes)));
                    repaired(what);
                } else {
                    findings.wrong(what);
                }
            } else if (repairs && note.state() != SegmentNote.State.OPEN) {
                Waiting.on(ledger.recount(segment, end, end - liveBytes));
                if (note.state() == SegmentNote.State.DAMAGED) {
                    Waiting.on(ledger.change(note, SegmentNote.State.SETTLED, clock.instant()));
                }
            }
        }

        private void repaired(String what) {
            hasChanged = true;
            findings.repaired(what);
        }

        /** What a walk finds. */
        private final class Contents implements SegmentScan.Visitor {

            private final Map<Place, String> records = new LinkedHashMap<>();
            private final List<String> damages = new ArrayList<>();

            @Override
            public void record(String sha256, Place place) {
                records.put(place, sha256);
            }

            @Override
            public void damage(long from, long to) {
                damages.add(from + " to " + to);
            }

            @Override
            public void read(long bytes) {
                findings.read(bytes);
            }
        }
    }

    private static List<List<Place>> lots(Collection<Place> all) {
        List<List<Place>> lots = new ArrayList<>();
        List<Place> lot = new ArrayList<>();
        for (Place place : all) {
            lot.add(place);
            if (lot.size() == AT_ONCE) {
                lots.add(lot);
                lot = new ArrayList<>();
            }
        }
        lots.add(lot);
        return lots;
    }

    private List<String> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
        }
    }
}
