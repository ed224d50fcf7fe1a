package io.sluice.datasetservice.project;

import java.util.Collection;
import org.springframework.data.mongodb.repository.Query;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

interface ProjectRepository extends ReactiveCrudRepository<Project, String> {

    Mono<Project> findByIdAndDeletionIsNull(String id);

    Mono<Boolean> existsByIdAndDeletionIsNull(String id);

    Mono<Boolean> existsByUniqueName(String uniqueName);

    /** Those of a person, who has that e-mail and is in these groups. */
    @Query(
            value = "{'deletion': null, '$or': [{'members.email': ?0}, {'groups.groupId': {'$in': ?1}}]}",
            sort = "{'_id': 1}")
    Flux<Project> findOf(String email, Collection<String> groupIds);

    @Query(
            value = "{'name': ?2, 'deletion': null, '$or': [{'members.email': ?0}, {'groups.groupId': {'$in': ?1}}]}",
            sort = "{'_id': 1}")
    Flux<Project> findOf(String email, Collection<String> groupIds, String name);

    @Query(
            value =
                    "{'organizationId': ?2, 'deletion': null, '$or': [{'members.email': ?0}, {'groups.groupId': {'$in': ?1}}]}",
            sort = "{'_id': 1}")
    Flux<Project> findInOrganization(String email, Collection<String> groupIds, String organizationId);
}
