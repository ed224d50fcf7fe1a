package io.sluice.modelservice.model;

import reactor.core.publisher.Mono;

/** What belongs to projects, and ends with them. */
public interface OfProject {

    /** Deletes all of it for good; once more is as good as once. */
    Mono<Void> deleteOfProject(String projectId);
}
