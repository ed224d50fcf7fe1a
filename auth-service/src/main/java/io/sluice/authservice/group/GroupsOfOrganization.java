package io.sluice.authservice.group;

import io.sluice.authservice.org.OrganizationContents;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.util.Collection;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The groups as what an organization has. */
@Component
class GroupsOfOrganization implements OrganizationContents {

    private final GroupRepository groups;
    private final Clock clock;

    GroupsOfOrganization(GroupRepository groups, Clock clock) {
        this.groups = groups;
        this.clock = clock;
    }

    @Override
    public Flux<GroupRef> groupsOf(Collection<String> organizationIds) {
        return groups.findByOrganizationIdInOrderById(organizationIds)
                .map(group -> new GroupRef(group.organizationId(), group.id()));
    }

    @Override
    public Mono<Void> leave(String organizationId, String email) {
        return Flux.defer(() -> groups.findByMembersAndOrganizationId(email, organizationId))
                .concatMap(group -> groups.save(group.withoutMember(email, clock.instant())))
                .retryWhen(Conflicts.retried())
                .then();
    }

    @Override
    public Mono<Void> remove(String organizationId) {
        return groups.deleteByOrganizationId(organizationId);
    }
}
