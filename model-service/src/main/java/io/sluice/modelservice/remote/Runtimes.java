package io.sluice.modelservice.remote;

import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRuntime;
import io.sluice.modelservice.runtime.ModelSource;
import io.sluice.modelservice.runtime.OnnxRuntime;
import io.sluice.modelservice.tensor.Tensor;
import java.util.List;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Each model where it is: those whose files are here by ONNX Runtime, others on the server that has them. */
@Primary
@Component
class Runtimes implements ModelRuntime {

    private final OnnxRuntime here;
    private final RemoteRuntime elsewhere;

    Runtimes(OnnxRuntime here, RemoteRuntime elsewhere) {
        this.here = here;
        this.elsewhere = elsewhere;
    }

    private ModelRuntime of(ModelSource model) {
        return model.remote() == null ? here : elsewhere;
    }

    @Override
    public Mono<ModelDescription> describe(ModelSource model, String group) {
        return of(model).describe(model, group);
    }

    @Override
    public Mono<Void> ready(ModelSource model, String group) {
        return of(model).ready(model, group);
    }

    @Override
    public Mono<List<Tensor>> infer(ModelSource model, String group, List<Tensor> inputs) {
        return of(model).infer(model, group, inputs);
    }

    @Override
    public void unload(String key) {
        here.unload(key);
    }
}
