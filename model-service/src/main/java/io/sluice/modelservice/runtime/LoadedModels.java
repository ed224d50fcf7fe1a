package io.sluice.modelservice.runtime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The models in memory, within a budget: who is asked for last stays longest, and who is in use stays. Blocks while a
 * model is loaded, so it is for the threads of the runtime only.
 */
final class LoadedModels implements AutoCloseable {

    /** What a session needs besides a small model's weights. */
    private static final long LEAST = 16L * 1024 * 1024;

    /** Weights once as they are in the file and once as the kernels want them, or what runs leave in the arena. */
    private static final int TIMES_THE_FILE = 2;

    private static final Duration SOON = Duration.ofSeconds(1);

    private final Supplier<OrtEnvironment> environment;
    private final RuntimeProperties properties;

    /** Least recently used first. */
    private final Map<String, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;
    private boolean isClosed;

    LoadedModels(Supplier<OrtEnvironment> environment, RuntimeProperties properties) {
        this.environment = environment;
        this.properties = properties;
    }

    private static final class Slot {
        private final long bytes;
        private final CompletableFuture<LoadedModel> model = new CompletableFuture<>();
        private int users;
        private boolean isGone;

        Slot(long bytes) {
            this.bytes = bytes;
        }
    }

    /** A model that stays in memory until this is closed. */
    final class Lease implements AutoCloseable {
        private final Slot slot;
        private final LoadedModel model;

        private Lease(Slot slot, LoadedModel model) {
            this.slot = slot;
            this.model = model;
        }

        LoadedModel model() {
            return model;
        }

        @Override
        public void close() {
            release(slot);
        }
    }

    Lease lease(ModelSource source) {
        Slot slot;
        boolean isFirst = false;
        List<Slot> evicted = new ArrayList<>();
        synchronized (this) {
            if (isClosed) {
                throw new Busy("The service is shutting down", SOON);
            }
            slot = slots.get(source.key());
            if (slot == null) {
                isFirst = true;
                slot = new Slot(need(source.fileHere()));
                makeRoom(slot.bytes, evicted);
                slots.put(source.key(), slot);
                bytes += slot.bytes;
            }
            slot.users++;
        }
        evicted.forEach(LoadedModels::unload);
        if (isFirst) {
            load(source, slot);
        }
        try {
            return new Lease(slot, slot.model.join());
        } catch (CompletionException failure) {
            release(slot);
            throw failure.getCause() instanceof RuntimeException known ? known : failure;
        }
    }

    private void load(ModelSource source, Slot slot) {
        try {
            slot.model.complete(LoadedModel.load(environment.get(), source.fileHere(), properties));
        } catch (RuntimeException | LinkageError | OutOfMemoryError failure) {
            synchronized (this) {
                remove(source.key(), slot);
            }
            slot.model.completeExceptionally(
                    failure instanceof Error error
                            ? new ModelRefused("The model cannot be loaded: " + error)
                            : failure);
        }
    }

    private static long need(Path file) {
        try {
            return LEAST + TIMES_THE_FILE * Files.size(file);
        } catch (IOException gone) {
            throw new ModelRefused("The model's file cannot be read");
        }
    }

    private void makeRoom(long need, List<Slot> evicted) {
        long budget = properties.memory().toBytes();
        if (need > budget) {
            throw new ModelRefused(
                    "The model needs about " + need + " bytes of memory; all models together may take " + budget);
        }
        Iterator<Slot> all = slots.values().iterator();
        while (bytes + need > budget && all.hasNext()) {
            Slot slot = all.next();
            if (slot.users == 0) {
                all.remove();
                slot.isGone = true;
                bytes -= slot.bytes;
                evicted.add(slot);
            }
        }
        if (bytes + need > budget) {
            throw new Busy("All memory for models is in use by running ones", SOON);
        }
    }

    /** Takes a model out, in whose memory somebody may still be at work. */
    private void remove(String key, Slot slot) {
        if (!slot.isGone) {
            slots.remove(key);
            bytes -= slot.bytes;
            slot.isGone = true;
        }
    }

    private void release(Slot slot) {
        boolean isLast;
        synchronized (this) {
            slot.users--;
            isLast = slot.users == 0 && slot.isGone;
        }
        if (isLast) {
            unload(slot);
        }
    }

    void unload(String key) {
        Slot slot;
        synchronized (this) {
            slot = slots.get(key);
            if (slot == null) {
                return;
            }
            remove(key, slot);
            if (slot.users > 0) {
                return;
            }
        }
        unload(slot);
    }

    private static void unload(Slot slot) {
        if (!slot.model.isCompletedExceptionally()) {
            slot.model.join().close();
        }
    }

    /** What those in memory are reckoned to take. */
    synchronized long bytes() {
        return bytes;
    }

    /** The keys of those that are in memory, least recently used first. */
    synchronized List<String> keys() {
        return List.copyOf(slots.keySet());
    }

    @Override
    public void close() {
        List<String> keys;
        synchronized (this) {
            isClosed = true;
            keys = keys();
        }
        keys.forEach(this::unload);
    }
}
