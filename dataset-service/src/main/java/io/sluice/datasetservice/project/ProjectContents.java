package io.sluice.datasetservice.project;

import reactor.core.publisher.Mono;

/** What exists with a project and goes with it. */
public interface ProjectContents {

    /** Makes what no project may be without; runs before the project exists. */
    default Mono<Void> prepare(String projectId, String creator) {
        return Mono.empty();
    }

    /**
     * Starts or goes on deleting everything in a project; answers whether nothing is left. Is called until then.
     */
    Mono<Boolean> remove(String projectId);
}
