package io.sluice.modelservice.inference;

import io.sluice.kit.error.Problem;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.sluice.modelservice.picture.InvalidPicture;
import io.sluice.modelservice.runtime.Busy;
import io.sluice.modelservice.runtime.InferenceFailed;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRefused;
import io.sluice.modelservice.runtime.ModelRuntime;
import io.sluice.modelservice.runtime.TookTooLong;
import io.sluice.modelservice.tensor.InferenceRequest;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Asks models, and words what can go wrong as the API does. */
@Component
class Inference {

    private final ModelAccess models;
    private final ModelRuntime runtime;

    Inference(ModelAccess models, ModelRuntime runtime) {
        this.models = models;
        this.runtime = runtime;
    }

    /** The outputs that the request asks for, in its order; all in the model's when it names none. */
    Mono<List<Tensor>> infer(Model model, InferenceRequest request) {
        return models.source(model)
                .flatMap(source -> runtime.infer(source, model.projectId(), request.inputs()))
                .map(request::selected)
                .onErrorMap(Inference::problem);
    }

    /** What a model takes and answers, by the server that has it when it is another one. */
    Mono<ModelDescription> description(Model model) {
        return models.source(model)
                .flatMap(source -> runtime.describe(source, model.projectId()))
                .onErrorMap(Inference::problem);
    }

    /** Completes when the model can be asked now. */
    Mono<Void> ready(Model model) {
        return models.source(model)
                .flatMap(source -> runtime.ready(source, model.projectId()))
                .onErrorMap(Inference::problem);
    }

    /** What somebody who asked is told. */
    static Throwable problem(Throwable failure) {
        if (failure instanceof InvalidTensor invalid) {
            return Problem.VALIDATION_FAILED.at(invalid.field(), invalid.problem());
        }
        if (failure instanceof InvalidPicture) {
            return Problem.VALIDATION_FAILED.at("body", String.valueOf(failure.getMessage()));
        }
        if (failure instanceof InvalidConfiguration) {
            return Problem.UNSUPPORTED.with("The model cannot be asked so: " + failure.getMessage());
        }
        if (failure instanceof Busy busy) {
            return Problem.unavailable(String.valueOf(busy.getMessage()), (int)
                    Math.max(1, busy.retryAfter().toSeconds()));
        }
        if (failure instanceof TookTooLong tooLong) {
            return Problem.GATEWAY_TIMEOUT.with(String.valueOf(tooLong.getMessage()));
        }
        if (failure instanceof ModelRefused || failure instanceof InferenceFailed) {
            return Problem.UNSUPPORTED.with(String.valueOf(failure.getMessage()));
        }
        return failure;
    }
}
