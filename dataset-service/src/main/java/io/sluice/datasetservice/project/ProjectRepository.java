package io.sluice.datasetservice.project;

import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

interface ProjectRepository extends ReactiveCrudRepository<Project, String> {

    Mono<Project> findByIdAndDeletionIsNull(String id);

    Mono<Boolean> existsByIdAndDeletionIsNull(String id);

    Mono<Boolean> existsByUniqueName(String uniqueName);

    Flux<Project> findByMembersEmailAndDeletionIsNullOrderById(String email);

    Flux<Project> findByMembersEmailAndNameAndDeletionIsNullOrderById(String email, String name);
}
