package io.sluice.authservice.org;

import java.util.Collection;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Flux;

interface OrganizationRepository extends ReactiveCrudRepository<Organization, String> {

    Flux<Organization> findByMembersEmailOrderById(String email);

    Flux<Organization> findByIdIn(Collection<String> ids);
}
