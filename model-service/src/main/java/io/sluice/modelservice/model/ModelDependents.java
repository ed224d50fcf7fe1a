package io.sluice.modelservice.model;

import reactor.core.publisher.Mono;

/** What belongs to models, and goes with them; once more is as good as once. */
public interface ModelDependents extends OfProject {

    Mono<Void> deleteOfModel(String modelId);
}
