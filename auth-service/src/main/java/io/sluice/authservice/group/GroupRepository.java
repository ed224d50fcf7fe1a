package io.sluice.authservice.group;

import java.util.Collection;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

interface GroupRepository extends ReactiveCrudRepository<Group, String> {

    Flux<Group> findByOrganizationIdInOrderById(Collection<String> organizationIds);

    Flux<Group> findByMembersAndOrganizationIdIn(String email, Collection<String> organizationIds);

    Flux<Group> findByMembersAndOrganizationId(String email, String organizationId);

    Flux<Group> findBySubgroupsIn(Collection<String> groupIds);

    Flux<Group> findByIdInOrderById(Collection<String> ids);

    Mono<Void> deleteByOrganizationId(String organizationId);
}
