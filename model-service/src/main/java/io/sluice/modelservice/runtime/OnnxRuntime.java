package io.sluice.modelservice.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/** Runs models in this process by ONNX Runtime, on the processor or on a graphics card. */
@Component
public class OnnxRuntime implements ModelRuntime, MeterBinder, AutoCloseable {

    private static final int MOST_DESCRIPTIONS = 1_000;

    private final RuntimeProperties properties;
    private final LoadedModels models;
    private final Turns turns;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Run> runs = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosing;
    private final Map<String, ModelDescription> descriptions = new LinkedHashMap<>(16, 0.75f, true);

    public OnnxRuntime(RuntimeProperties properties) {
        requireProvider(properties);
        this.properties = properties;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "inference-limit");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        models = new LoadedModels(() -> environment(properties), properties);
        turns = new Turns(properties, timer);
    }

    /** Who sets it wants to know at the start that it cannot be had, not from the first request. */
    private static void requireProvider(RuntimeProperties properties) {
        if (properties.provider() == RuntimeProperties.Provider.CPU) {
            return;
        }
        environment(properties);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            LoadedModel.addProvider(options, properties);
        } catch (OrtException missing) {
            throw new IllegalStateException(
                    "model-service.runtime.provider is "
                            + properties.provider().name().toLowerCase(Locale.ROOT)
                            + " and model-service.runtime.device " + properties.device()
                            + ", but that cannot be had: it takes a build with the profile cuda, a graphics card of NVIDIA,"
                            + " its driver, CUDA 12 and cuDNN 9. ONNX Runtime says: " + missing.getMessage(),
                    missing);
        }
    }

    /** There is one for the whole process, and with it the threads that all models share; only when a model is needed. */
    private static OrtEnvironment environment(RuntimeProperties properties) {
        try (OrtEnvironment.ThreadingOptions threads = new OrtEnvironment.ThreadingOptions()) {
            threads.setGlobalIntraOpNumThreads(properties.operatorThreadsInAll());
            threads.setGlobalInterOpNumThreads(1);
            // After a run they would turn in circles in case another comes, on processors that requests need.
            threads.setGlobalSpinControl(false);
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "sluice", threads);
        } catch (IllegalStateException isThereAlready) {
            return OrtEnvironment.getEnvironment();
        } catch (OrtException failure) {
            throw new IllegalStateException("ONNX Runtime does not start", failure);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.inference.waiting", turns, Turns::waiting)
                .description("Requests that wait for a model")
                .register(registry);
        Gauge.builder("sluice.inference.limit", properties, RuntimeProperties::queue)
                .description("Requests that wait for a model at most; more are refused")
                .register(registry);
        Gauge.builder("sluice.models.loaded", models, loaded -> loaded.keys().size())
                .description("Models in memory")
                .register(registry);
        Gauge.builder("sluice.models.memory", models, LoadedModels::bytes)
                .description("What the models in memory are reckoned to take")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder(
                        "sluice.models.memory.limit",
                        properties,
                        limits -> limits.memory().toBytes())
                .description("What all models in memory may take together")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }

    @Override
    public Mono<ModelDescription> describe(ModelSource model, String group) {
        return Mono.<ModelDescription>create(sink -> {
                    ModelDescription known = known(model.key());
                    if (known != null) {
                        sink.success(known);
                    } else {
                        Turn turn = new DescribeTurn(model, group, sink);
                        sink.onCancel(() -> turns.remove(turn));
                        turns.add(turn);
                    }
                })
                .publishOn(Schedulers.parallel());
    }

    /** Its file was looked into before it became a model's, so there is nothing to wait for. */
    @Override
    public Mono<Void> ready(ModelSource model, String group) {
        return Mono.empty();
    }

    @Override
    public Mono<List<Tensor>> infer(ModelSource model, String group, List<Tensor> inputs) {
        return describe(model, group)
                .flatMap(description -> Mono.<List<Tensor>>create(sink -> {
                    InferTurn turn = turn(model, group, description, inputs, sink);
                    sink.onCancel(() -> {
                        turns.remove(turn);
                        turn.cancel();
                    });
                    turns.add(turn);
                }))
                .publishOn(Schedulers.parallel());
    }

    private InferTurn turn(
            ModelSource model,
            String group,
            ModelDescription description,
            List<Tensor> inputs,
            MonoSink<List<Tensor>> sink) {
        List<Tensor> ordered =
                description.fitting(inputs, properties.largestTensor().toBytes());
        long rows = description.canHaveRows() ? rows(ordered) : 1;
        long bytes = ordered.stream().mapToLong(Tensor::bytes).sum();
        long inAll = bytes + atLeast(description.outputs(), rows);
        long largest = properties.largestRun().toBytes();
        if (inAll > largest) {
            throw new InvalidTensor(
                    "inputs",
                    "and what comes out of them need " + inAll + " bytes, more than the " + largest + " allowed");
        }
        long mostRows = Math.min(mostRows(model, description), largest / Math.max(1, inAll / rows));
        StringBuilder together = new StringBuilder(model.key());
        for (Tensor input : ordered) {
            for (int axis = 1; axis < input.rank(); axis++) {
                together.append(',').append(input.dimension(axis));
            }
            together.append(';');
        }
        return new InferTurn(model, group, together.toString(), rows, Math.max(rows, mostRows), bytes, ordered, sink);
    }

    private long mostRows(ModelSource model, ModelDescription description) {
        if (!description.canHaveRows()) {
            return 1;
        }
        if (model.mostRows() != null) {
            return model.mostRows();
        }
        return description.saysRowsBelongTogether() ? properties.mostRows() : 1;
    }

    /** The bytes of outputs as far as the model says how large they are; of what it leaves open there is one at least. */
    private static long atLeast(List<TensorSpec> outputs, long rows) {
        long bytes = 0;
        for (TensorSpec output : outputs) {
            long[] shape = new long[output.shape().size()];
            for (int axis = 0; axis < shape.length; axis++) {
                long dimension = output.shape().get(axis);
                shape[axis] = dimension >= 0 ? dimension : axis == 0 ? rows : 1;
            }
            bytes += Tensor.elements(output.name(), shape)
                    * Math.max(1, output.type().size());
        }
        return bytes;
    }

    private static long rows(List<Tensor> inputs) {
        long rows = inputs.get(0).dimension(0);
        for (Tensor input : inputs) {
            if (input.dimension(0) != rows) {
                throw new InvalidTensor(
                        input.name(),
                        "has " + input.dimension(0) + " rows, but "
                                + inputs.get(0).name() + " has " + rows);
            }
        }
        return rows;
    }

    private @Nullable ModelDescription known(String key) {
        synchronized (descriptions) {
            return descriptions.get(key);
        }
    }

    private void remember(String key, ModelDescription description) {
        synchronized (descriptions) {
            descriptions.put(key, description);
            if (descriptions.size() > MOST_DESCRIPTIONS) {
                descriptions.remove(descriptions.keySet().iterator().next());
            }
        }
    }

    /** Loads a model, to see what it is. */
    private final class DescribeTurn extends Turn {
        private final ModelSource model;
        private final MonoSink<ModelDescription> sink;

        DescribeTurn(ModelSource model, String group, MonoSink<ModelDescription> sink) {
            super(group, model.key() + " described", 1, properties.queue(), 0);
            this.model = model;
            this.sink = sink;
        }

        /** All at once, so that a model that takes long to load keeps one thread from others, not all. */
        @Override
        void runWith(List<Turn> turnsToRun) {
            ModelDescription description;
            try (LoadedModels.Lease lease = models.lease(model)) {
                description = lease.model().description();
            } catch (ModelRefused | Busy failure) {
                turnsToRun.forEach(turn -> turn.fail(failure));
                return;
            }
            remember(model.key(), description);
            turnsToRun.forEach(turn -> ((DescribeTurn) turn).sink.success(description));
        }

        @Override
        void fail(RuntimeException failure) {
            sink.error(failure);
        }
    }

    /** A request for outputs. */
    private final class InferTurn extends Turn {
        private final ModelSource model;
        private final List<Tensor> inputs;
        private final MonoSink<List<Tensor>> sink;
        private @Nullable Run run;
        private boolean isCancelled;

        InferTurn(
                ModelSource model,
                String group,
                String together,
                long rows,
                long mostRows,
                long bytes,
                List<Tensor> inputs,
                MonoSink<List<Tensor>> sink) {
            super(group, together, rows, mostRows, bytes);
            this.model = model;
            this.inputs = inputs;
            this.sink = sink;
        }

        /** Nobody waits for it any more: when it runs alone, its run ends. */
        synchronized void cancel() {
            isCancelled = true;
            if (run != null) {
                run.stop();
            }
        }

        private synchronized void runsAlone(Run alone) {
            run = alone;
            if (isCancelled) {
                alone.stop();
            }
        }

        private synchronized boolean isAwaited() {
            return !isCancelled;
        }

        /** Answers when the model is in use no more: who has an answer may ask another model that needs its memory. */
        @Override
        void runWith(List<Turn> turnsToRun) {
            List<InferTurn> awaited = turnsToRun.stream()
                    .map(InferTurn.class::cast)
                    .filter(InferTurn::isAwaited)
                    .toList();
            if (awaited.size() < 2 || !runTogether(awaited)) {
                awaited.forEach(InferTurn::runAlone);
            }
        }

        /** Whether all were answered: one bad request must not fail the others, so after a failure each runs on its own. */
        private boolean runTogether(List<InferTurn> awaited) {
            List<List<Tensor>> requests =
                    awaited.stream().map(turn -> turn.inputs).toList();
            List<Tensor> outputs;
            try (Run together = new Run()) {
                try (LoadedModels.Lease lease = models.lease(model)) {
                    outputs = limited(together, () -> lease.model().run(requests, together));
                } catch (OrtException | InferenceFailed | InvalidTensor failure) {
                    if (together.isStopped()) {
                        awaited.forEach(turn -> turn.fail(tookTooLong()));
                    }
                    return together.isStopped();
                }
            } catch (OrtException failure) {
                return false;
            } catch (ModelRefused | Busy failure) {
                awaited.forEach(turn -> turn.fail(failure));
                return true;
            }
            long rows = awaited.stream().mapToLong(Turn::rows).sum();
            if (outputs.stream().anyMatch(output -> output.rank() == 0 || output.dimension(0) != rows)) {
                return false;
            }
            long from = 0;
            for (InferTurn turn : awaited) {
                long start = from;
                turn.sink.success(outputs.stream()
                        .map(output -> output.rows(start, turn.rows()))
                        .toList());
                from += turn.rows();
            }
            return true;
        }

        private void runAlone() {
            List<Tensor> outputs;
            try (Run alone = new Run()) {
                runsAlone(alone);
                try (LoadedModels.Lease lease = models.lease(model)) {
                    outputs = limited(alone, () -> lease.model().run(List.of(inputs), alone));
                } catch (OrtException failure) {
                    fail(
                            alone.isStopped()
                                    ? tookTooLong()
                                    : new InferenceFailed("The model failed: " + failure.getMessage()));
                    return;
                }
            } catch (OrtException failure) {
                fail(new InferenceFailed("The model failed: " + failure.getMessage()));
                return;
            } catch (InferenceFailed | InvalidTensor | ModelRefused | Busy failure) {
                fail(failure);
                return;
            }
            sink.success(outputs);
        }

        @Override
        void fail(RuntimeException failure) {
            sink.error(failure);
        }
    }

    private interface Inference {
        List<Tensor> run() throws OrtException;
    }

    private List<Tensor> limited(Run run, Inference inference) throws OrtException {
        Future<?> limit = timer.schedule(run::stop, properties.longest().toMillis(), TimeUnit.MILLISECONDS);
        runs.add(run);
        if (isClosing) {
            run.stop();
        }
        try {
            return inference.run();
        } catch (OutOfMemoryError tooMuch) {
            throw new InferenceFailed("There is not enough memory for a run of that size");
        } finally {
            runs.remove(run);
            limit.cancel(false);
        }
    }

    private TookTooLong tookTooLong() {
        return new TookTooLong("The model was stopped after "
                + properties.longest().toMillis() + " ms, within which it has to come to an end");
    }

    @Override
    public void unload(String key) {
        synchronized (descriptions) {
            descriptions.remove(key);
        }
        models.unload(key);
    }

    /** The keys of the models in memory, least recently used first. */
    public List<String> loaded() {
        return models.keys();
    }

    @Override
    public void close() {
        isClosing = true;
        runs.forEach(Run::stop);
        turns.close();
        timer.shutdownNow();
        models.close();
    }
}
