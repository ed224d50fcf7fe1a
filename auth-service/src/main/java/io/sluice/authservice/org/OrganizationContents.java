package io.sluice.authservice.org;

import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What belongs to organizations and is kept by another feature: their groups. */
public interface OrganizationContents {

    /** What an organization has. */
    record GroupRef(String organizationId, String groupId) {}

    /** The groups of these organizations, in a stable order. */
    Flux<GroupRef> groupsOf(Collection<String> organizationIds);

    /** Takes somebody who has left an organization out of its groups. */
    Mono<Void> leave(String organizationId, String email);

    /** Removes everything that belongs to an organization; once more is as good as once. */
    Mono<Void> remove(String organizationId);
}
