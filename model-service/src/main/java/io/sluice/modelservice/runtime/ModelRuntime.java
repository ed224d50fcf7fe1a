package io.sluice.modelservice.runtime;

import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Where models run. Nothing of it blocks who subscribes, and who cancels sets free what the request holds.
 *
 * <p>All of it fails with {@link Busy} when too much is asked at once.
 */
public interface ModelRuntime {

    /**
     * Checks a model by loading it, or asks the server that has it.
     *
     * @param group who asks: those who ask much do not keep others from their turn. The id of a project.
     * @return or {@link ModelRefused}
     */
    Mono<ModelDescription> describe(ModelSource model, String group);

    /** Completes when the model can be asked now; fails as {@link #describe} does. Loads nothing. */
    Mono<Void> ready(ModelSource model, String group);

    /**
     * One pass forward.
     *
     * @param inputs each of the model's, in any order
     * @param group as for {@link #describe}
     * @return all outputs in the model's order; or {@link InvalidTensor} with the name of the input as the field,
     *     {@link ModelRefused}, {@link TookTooLong}, {@link InferenceFailed}
     */
    Mono<List<Tensor>> infer(ModelSource model, String group, List<Tensor> inputs);

    /** Frees the memory of a model as soon as nobody is using it; it is loaded again when it is asked for. */
    void unload(String key);
}
