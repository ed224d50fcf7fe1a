package io.sluice.authservice.group;

import io.sluice.authservice.org.Organization;
import io.sluice.authservice.org.OrganizationAccess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Groups in groups: whose member is a member of which. What is more than {@link #DEEPEST} levels away does not count. */
@Component
class GroupTree {

    static final int DEEPEST = 8;

    private final GroupRepository groups;
    private final OrganizationAccess organizations;

    GroupTree(GroupRepository groups, OrganizationAccess organizations) {
        this.groups = groups;
        this.organizations = organizations;
    }

    /** The ids of all groups that the person of that e-mail, which is in lower case, belongs to, also through subgroups. */
    Mono<Set<String>> groupsOf(String email) {
        return organizations
                .of(email)
                .map(Organization::id)
                .collectList()
                .flatMap(ids -> ids.isEmpty()
                        ? Mono.just(List.<Group>of())
                        : groups.findByMembersAndOrganizationIdIn(email, ids).collectList())
                .flatMap(direct -> upwards(new HashSet<>(), direct, DEEPEST));
    }

    private Mono<Set<String>> upwards(Set<String> known, List<Group> found, int levels) {
        List<String> fresh = found.stream().map(Group::id).filter(known::add).toList();
        return fresh.isEmpty() || levels == 0
                ? Mono.just(known)
                : groups.findBySubgroupsIn(fresh).collectList().flatMap(parents -> upwards(known, parents, levels - 1));
    }

    /** The group and everything below it, each once, though two changes at once may have made a circle. */
    Mono<List<Group>> below(Group group) {
        return downwards(new ArrayList<>(List.of(group)), new HashSet<>(Set.of(group.id())), List.of(group), DEEPEST);
    }

    private Mono<List<Group>> downwards(List<Group> all, Set<String> known, List<Group> level, int levels) {
        List<String> fresh = level.stream()
                .flatMap(group -> group.subgroups().stream())
                .filter(known::add)
                .toList();
        if (fresh.isEmpty() || levels == 0) {
            return Mono.just(all);
        }
        return groups.findByIdInOrderById(fresh).collectList().flatMap(children -> {
            all.addAll(children);
            return downwards(all, known, children, levels - 1);
        });
    }

    /** Whether that id is the group's own or that of one below it. */
    Mono<Boolean> contains(Group group, String groupId) {
        return below(group).map(all -> all.stream().map(Group::id).anyMatch(groupId::equals));
    }
}
