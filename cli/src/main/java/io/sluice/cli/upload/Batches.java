package io.sluice.cli.upload;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts files together into requests. Java's HTTP client reads an answer only when it has sent the whole body, so a request has
 * only as many items as have room for their answers on the way; a large file goes alone.
 */
final class Batches {

    static final int MOST_FILES = 250;

    /** A file of so many bytes is read into memory. */
    static final long SMALL = 8L * 1024 * 1024;

    /** As many bytes of small files one request has, or begins to have more. */
    static final long ENOUGH = 8L * 1024 * 1024;

    private final Consumer<List<LocalFile>> ready;
    private List<LocalFile> batch = new ArrayList<>();
    private long bytes;

    Batches(Consumer<List<LocalFile>> ready) {
        this.ready = ready;
    }

    void add(LocalFile file) {
        if (file.size() > SMALL) {
            ready.accept(List.of(file));
            return;
        }
        batch.add(file);
        bytes += file.size();
        if (batch.size() >= MOST_FILES || bytes >= ENOUGH) {
            flush();
        }
    }

    /** What is left. */
    void flush() {
        if (!batch.isEmpty()) {
            ready.accept(batch);
            batch = new ArrayList<>();
            bytes = 0;
        }
    }
}
