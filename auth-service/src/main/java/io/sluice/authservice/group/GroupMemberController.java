package io.sluice.authservice.group;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.authservice.group.GroupAccess.GroupOfOrganization;
import io.sluice.authservice.org.People;
import io.sluice.authservice.org.Person;
import io.sluice.authservice.user.User;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The members of a group, who are members of its organization. */
@RestController
@RequestMapping("/api/v1/groups/{groupId}/members")
@Tag(name = "Groups")
class GroupMemberController {

    private final GroupAccess access;
    private final GroupEdit edit;
    private final People people;

    GroupMemberController(GroupAccess access, GroupEdit edit, People people) {
        this.access = access;
        this.edit = edit;
        this.people = people;
    }

    record NewMember(@JsonProperty("user_id") @Nullable String userId) {}

    @GetMapping
    @Operation(summary = "The members of a group, without those of its subgroups")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<List<Person>> list(Caller caller, @PathVariable String groupId) {
        return access.require(caller, groupId, Permission.READ_ORGANIZATION)
                .map(GroupOfOrganization::group)
                .flatMap(this::members);
    }

    @PostMapping
    @Operation(summary = "Add a member of the organization to a group")
    @Requires(Permission.MANAGE_GROUPS)
    Mono<List<Person>> add(Caller caller, @PathVariable String groupId, @RequestBody NewMember wanted) {
        return edit.addMember(caller, groupId, checked("user_id", wanted.userId()))
                .flatMap(this::members);
    }

    @DeleteMapping("/{memberId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Remove a member of a group")
    @Requires(Permission.MANAGE_GROUPS)
    Mono<Void> remove(Caller caller, @PathVariable String groupId, @PathVariable String memberId) {
        return edit.removeMember(caller, groupId, User.idOf(memberId)).then();
    }

    private Mono<List<Person>> members(Group group) {
        return people.of(
                group.organizationId(), group.members(), group.updatedAt().toEpochMilli());
    }

    static String checked(String field, @Nullable String email) {
        if (email == null || !User.isEmail(email)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an e-mail address");
        }
        return User.idOf(email);
    }
}
