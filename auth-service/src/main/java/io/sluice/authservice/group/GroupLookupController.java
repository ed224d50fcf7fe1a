package io.sluice.authservice.group;

import io.sluice.authservice.user.User;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import java.util.Set;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tells other services which groups there are, and who is in which. */
@Hidden
@RestController
class GroupLookupController {

    private final GroupRepository groups;
    private final GroupTree tree;

    GroupLookupController(GroupRepository groups, GroupTree tree) {
        this.groups = groups;
        this.tree = tree;
    }

    record PersonQuery(@NotNull String email) {}

    /** @param ids at most 1,000 */
    record GroupQuery(
            @NotNull @Size(max = 1000, message = "must have at most {max} entries")
            List<@NotNull String> ids) {}

    record KnownGroup(String id, String name, String organizationId, List<String> members) {

        static KnownGroup of(Group group) {
            return new KnownGroup(group.id(), group.name(), group.organizationId(), group.members());
        }
    }

    /** The ids of all groups that somebody belongs to, in no order. */
    @PostMapping("/internal/groups/of")
    @OpenTo(Audience.SERVICE)
    Mono<Set<String>> of(@Valid @RequestBody Mono<PersonQuery> query) {
        return query.flatMap(wanted -> tree.groupsOf(User.idOf(wanted.email())));
    }

    /** Those of the groups that exist, by their ids. */
    @PostMapping("/internal/groups/query")
    @OpenTo(Audience.SERVICE)
    Flux<KnownGroup> find(@Valid @RequestBody Mono<GroupQuery> query) {
        return query.flatMapMany(wanted -> groups.findByIdInOrderById(wanted.ids()))
                .map(KnownGroup::of);
    }
}
