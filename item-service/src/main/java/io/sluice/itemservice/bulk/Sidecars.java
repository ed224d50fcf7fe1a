package io.sluice.itemservice.bulk;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings files and what is said of them together, whichever comes first. By their names: {@code a/b.jpg.json} is the sidecar of
 * {@code a/b.jpg}, and so is {@code a/b.json} (WebDataset). What has found nothing after {@value #WINDOW} more files, or
 * when too much is held, has to do without. A file of JSON that belongs to no other is an item.
 */
final class Sidecars {

    static final int WINDOW = 1_000;

    /** As many bytes of sidecars and small files are held. */
    private static final int MOST_HELD = ArchiveEntries.LARGEST_SIDECAR;

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();

    /** The first file that waits under each name without its ending. */
    private final Map<String, List<String>> byStem = new LinkedHashMap<>();

    private long number;
    private long held;

    private record Waiting(Arrival arrival, long number) {}

    /** Those whose sidecar is there, or is not to be waited for any more. */
    List<Arrival> next(Arrival arrival) {
        if (arrival.kind() == Arrival.Kind.NO_FILE) {
            return List.of(arrival);
        }
        List<Arrival> ready = new ArrayList<>();
        number++;
        if (!paired(arrival, ready)) {
            waiting.put(arrival.path(), new Waiting(arrival, number));
            held += arrival.held();
            String stem = stem(arrival.path());
            if (stem != null) {
                byStem.computeIfAbsent(stem, key -> new ArrayList<>(1)).add(arrival.path());
            }
        }
        while (!waiting.isEmpty()) {
            Waiting oldest = waiting.values().iterator().next();
            if (number - oldest.number() < WINDOW && held <= MOST_HELD) {
                break;
            }
            ready.add(remove(oldest.arrival().path()));
        }
        return ready;
    }

    /** All others, when no more come. */
    List<Arrival> rest() {
        List<Arrival> rest = new ArrayList<>();
        for (Iterator<Waiting> left = waiting.values().iterator(); left.hasNext(); ) {
            rest.add(left.next().arrival());
            left.remove();
        }
        byStem.clear();
        return rest;
    }

    private boolean paired(Arrival arrival, List<Arrival> ready) {
        String own = arrival.path() + ArchiveEntries.SIDECAR;
        if (isCandidate(own)) {
            ready.add(arrival.with(remove(own)));
            return true;
        }
        if (arrival.isCandidate()) {
            String file = arrival.path().substring(0, arrival.path().length() - ArchiveEntries.SIDECAR.length());
            String partner = waiting.containsKey(file) ? file : first(file);
            if (partner != null) {
                ready.add(remove(partner).with(arrival));
                return true;
            }
            return false;
        }
        String stem = stem(arrival.path());
        if (stem != null && isCandidate(stem + ArchiveEntries.SIDECAR)) {
            ready.add(arrival.with(remove(stem + ArchiveEntries.SIDECAR)));
            return true;
        }
        return false;
    }

    private boolean isCandidate(String path) {
        Waiting candidate = waiting.get(path);
        return candidate != null && candidate.arrival().isCandidate();
    }

    /** The first file that is no JSON itself and has that name before its ending. */
    private @Nullable String first(String stem) {
        return byStem.getOrDefault(stem, List.of()).stream()
                .filter(path -> !isCandidate(path))
                .findFirst()
                .orElse(null);
    }

    private Arrival remove(String path) {
        Arrival removed = Objects.requireNonNull(waiting.remove(path)).arrival();
        held -= removed.held();
        String stem = stem(path);
        if (stem != null) {
            byStem.computeIfPresent(stem, (key, paths) -> {
                paths.remove(path);
                return paths.isEmpty() ? null : paths;
            });
        }
        return removed;
    }

    /** The path without the ending of its name; null when that has none. */
    private static @Nullable String stem(String path) {
        int dot = path.lastIndexOf('.');
        return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : null;
    }
}
