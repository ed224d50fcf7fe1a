package io.sluice.authservice.org;

import io.sluice.authservice.org.OrganizationAccess.Membership;
import io.sluice.authservice.user.User;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The members of an organization (contract ml §F.2). A change is answered by the list as it is then. */
@RestController
@RequestMapping("/api/v1/orgs/{orgId}/members")
@Tag(name = "Organizations")
class OrganizationMemberController {

    static final int MOST_AT_ONCE = 100;

    private final OrganizationAccess access;
    private final OrganizationMembers members;
    private final People people;

    OrganizationMemberController(OrganizationAccess access, OrganizationMembers members, People people) {
        this.access = access;
        this.members = members;
        this.people = people;
    }

    /** @param emails 1 to 100, in any case */
    record NewMembers(
            @Nullable List<@Nullable String> emails,
            @Nullable String role) {

        List<String> checkedEmails() {
            if (emails == null || emails.isEmpty() || emails.size() > MOST_AT_ONCE) {
                throw Problem.VALIDATION_FAILED.at("emails", "must have 1 to " + MOST_AT_ONCE + " entries");
            }
            return emails.stream()
                    .map(email -> checked("emails", email))
                    .distinct()
                    .toList();
        }
    }

    record MemberRole(@Nullable String email, @Nullable String role) {}

    @GetMapping
    @Operation(summary = "The members of an organization, each with the role")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<List<Person>> list(Caller caller, @PathVariable String orgId) {
        return access.require(caller, orgId, Permission.READ_ORGANIZATION)
                .map(Membership::organization)
                .flatMap(people::of);
    }

    @PostMapping
    @Operation(summary = "Add members; also people who have no account yet")
    @Requires(Permission.MANAGE_ORGANIZATION_MEMBERS)
    Mono<List<Person>> add(Caller caller, @PathVariable String orgId, @RequestBody NewMembers wanted) {
        return members.add(caller, orgId, wanted.checkedEmails(), checkedRole(wanted.role()))
                .flatMap(people::of);
    }

    @PatchMapping
    @Operation(summary = "Change a member's role")
    @Requires(Permission.MANAGE_ORGANIZATION_MEMBERS)
    Mono<List<Person>> update(Caller caller, @PathVariable String orgId, @RequestBody MemberRole wanted) {
        return members.update(caller, orgId, checked("email", wanted.email()), checkedRole(wanted.role()))
                .flatMap(people::of);
    }

    @DeleteMapping("/{memberId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Remove a member, who leaves all groups of the organization with that")
    @Requires(Permission.MANAGE_ORGANIZATION_MEMBERS)
    Mono<Void> remove(Caller caller, @PathVariable String orgId, @PathVariable String memberId) {
        return members.remove(caller, orgId, User.idOf(memberId));
    }

    private static OrganizationRole checkedRole(@Nullable String role) {
        return OrganizationRole.named(role == null ? "" : role)
                .orElseThrow(() -> Problem.VALIDATION_FAILED.at(
                        "role",
                        "must be one of "
                                + Arrays.stream(OrganizationRole.values())
                                        .map(OrganizationRole::wireName)
                                        .collect(Collectors.joining(", "))));
    }

    private static String checked(String field, @Nullable String email) {
        if (email == null || !User.isEmail(email)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an e-mail address");
        }
        return User.idOf(email);
    }
}
