package io.sluice.modelservice.inference;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.sluice.modelservice.prediction.Predictor;
import io.sluice.modelservice.prediction.Predictor.Prepared;
import io.sluice.modelservice.prediction.Result;
import io.sluice.modelservice.runtime.Busy;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRuntime;
import io.sluice.modelservice.runtime.RuntimeProperties;
import io.sluice.modelservice.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What models say of pictures and files, made into tensors and back as their configuration declares. */
@Component
public class Predictions implements DisposableBean {

    private static final int MOST_REMEMBERED = 1_000;

    /** A picture of 50 megapixels takes 200 MB while it is looked at: as many as there are processors, and some wait. */
    private static final int MOST_WAITING = 64;

    private final ModelAccess models;
    private final ModelRuntime runtime;
    private final long largestTensor;
    private final Scheduler around =
            Schedulers.newBoundedElastic(Runtime.getRuntime().availableProcessors(), MOST_WAITING, "around-models");
    private final Cache<Key, Predictor> predictors =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    Predictions(ModelAccess models, ModelRuntime runtime, RuntimeProperties properties) {
        this.models = models;
        this.runtime = runtime;
        this.largestTensor = properties.largestTensor().toBytes();
    }

    /** A model as it is: a change makes another version, but what another server has changes without one. */
    private record Key(String modelId, long version, ModelDescription description) {}

    /** What the model says of a picture, a text or any file. */
    public Mono<List<Result>> of(Model model, byte[] content) {
        return models.source(model)
                .flatMap(source -> runtime.describe(source, model.projectId())
                        .flatMap(description -> prepared(model, description, content))
                        .flatMap(ready -> runtime.infer(
                                        source,
                                        model.projectId(),
                                        ready.prepared().inputs())
                                .flatMap(outputs -> results(ready, outputs))))
                .onErrorMap(
                        RejectedExecutionException.class,
                        full -> new Busy(
                                "Others ask for as much as can be worked on; try again", Duration.ofSeconds(1)))
                .onErrorMap(Inference::problem);
    }

    /**
     * What a model's configuration makes of its outputs.
     *
     * @return or {@link io.sluice.kit.error.Problem#UNSUPPORTED} when the model cannot be asked about files
     */
    public Mono<OutputConfiguration> kind(Model model) {
        return models.source(model)
                .flatMap(source -> runtime.describe(source, model.projectId()))
                .flatMap(description -> predictor(model, description))
                .map(Predictor::output)
                .onErrorMap(Inference::problem);
    }

    private record Ready(Predictor predictor, Prepared prepared) {}

    private Mono<Ready> prepared(Model model, ModelDescription description, byte[] content) {
        return predictor(model, description).map(predictor -> new Ready(predictor, predictor.prepare(content)));
    }

    /** What follows on it is done around the run, too. */
    private Mono<Predictor> predictor(Model model, ModelDescription description) {
        return models.tokenizer(model)
                .publishOn(around)
                .map(tokenizer -> predictors.get(
                        new Key(model.id(), model.version(), description),
                        key -> Predictor.of(
                                description, models.declared(model), tokenizer.orElse(null), largestTensor)));
    }

    private Mono<List<Result>> results(Ready ready, List<Tensor> outputs) {
        return Mono.fromCallable(() -> ready.predictor().read(ready.prepared(), outputs))
                .subscribeOn(around);
    }

    @Override
    public void destroy() {
        around.dispose();
        predictors.invalidateAll();
        predictors.cleanUp();
    }
}
