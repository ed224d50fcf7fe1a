package io.sluice.cli.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What has become of many items so far, told as it happens: progress, failures with their reasons, a summary. */
public final class Report implements AutoCloseable {

    /** What can become of an item. */
    public enum Outcome {
        CREATED("new"),
        OVERWRITTEN("replaced"),
        DOWNLOADED("downloaded"),
        /** It was there already, with the same bytes. */
        SKIPPED("there already"),
        /** Something else is there, which was left alone. */
        KEPT("left as they are, with other bytes"),
        FAILED("failed");

        private final String words;

        Outcome(String words) {
            this.words = words;
        }

        /** As JSON has it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final ProgressLine line;
    private final boolean isJson;
    private final String verb;
    private final long began = System.nanoTime();
    private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
    private long items;
    private long bytes;
    private long moved;
    private long underway;
    private long allItems;
    private long allBytes;
    private boolean isCounted;

    /** @param verb what is done to the bytes: {@code sent} */
    public Report(Terminal terminal, OutputOptions options, String verb) {
        this.isJson = options.isJson();
        this.verb = verb;
        this.line = new ProgressLine(terminal, options.isQuiet(), this::progress);
    }

    /** There is one more, so large. */
    public synchronized void expect(long size) {
        allItems++;
        allBytes += size;
    }

    /** So many there are, of whatever size. */
    public synchronized void expectItems(long count) {
        allItems = count;
        isCounted = true;
    }

    /** All have been counted that there are. */
    public synchronized void expectNoMore() {
        isCounted = true;
    }

    /** So many bytes of an item have gone over the wire; fewer than none when they have to go once more. */
    public synchronized void underway(long count) {
        underway += count;
    }

    /** @param size of the item; null when that is not known */
    public void done(String path, Outcome outcome, @Nullable Long size, @Nullable String sha256, @Nullable String id) {
        synchronized (this) {
            count(outcome, size == null ? 0 : size);
        }
        if (isJson) {
            ObjectNode json = Json.object().put("path", path).put("outcome", outcome.wireName());
            if (id != null) {
                json.put("id", id);
            }
            if (sha256 != null) {
                json.put("sha256", sha256);
            }
            if (size != null) {
                json.put("size", size);
            }
            line.result(Json.write(json));
        }
    }

    public void failed(String path, String reason) {
        synchronized (this) {
            count(Outcome.FAILED, 0);
        }
        if (isJson) {
            line.result(Json.write(Json.object()
                    .put("path", path)
                    .put("outcome", Outcome.FAILED.wireName())
                    .put("problem", reason)));
        } else {
            line.say(path + ": " + reason);
        }
    }

    private void count(Outcome outcome, long size) {
        counts.merge(outcome, 1L, Long::sum);
        items++;
        bytes += size;
        if (outcome == Outcome.CREATED || outcome == Outcome.OVERWRITTEN || outcome == Outcome.DOWNLOADED) {
            moved += size;
        }
    }

    private synchronized Progress progress() {
        return new Progress(items, bytes + underway, allItems, allBytes, isCounted, time());
    }

    private Duration time() {
        return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    }

    /** Says something to a person. */
    public void say(String words) {
        if (!line.isQuiet()) {
            line.say(words);
        }
    }

    /** The last words of a command that has come to its end. */
    public void conclude() {
        if (isJson) {
            ObjectNode totals = Json.object();
            synchronized (this) {
                for (Outcome outcome : Outcome.values()) {
                    if (counts.containsKey(outcome)) {
                        totals.put(outcome.wireName(), counts.get(outcome));
                    }
                }
                totals.put("bytes", moved);
            }
            line.result(Json.write(Json.object().set("totals", totals)));
        }
        say(summary());
    }

    /** So far. */
    public synchronized String summary() {
        List<String> parts = new ArrayList<>();
        counts.forEach((outcome, count) -> parts.add(Amounts.count(count) + " " + outcome.words));
        return Amounts.items(items) + " in " + Amounts.time(time()) + ", "
                + (moved == 0 ? "no bytes " : Amounts.bytes(moved) + " ") + verb
                + (parts.isEmpty() ? "" : ": " + String.join(", ", parts)) + ".";
    }

    public synchronized long count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    public int exit() {
        return count(Outcome.FAILED) > 0 ? Exit.FAILED : Exit.DONE;
    }

    @Override
    public void close() {
        line.close();
    }
}
