package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The members of a project (contract core §3.2). Every answer is the list as it is then: the SDK needs a JSON body. */
@RestController
@RequestMapping("/api/v1/projects/{projectId}/members")
@Tag(name = "Projects")
class MemberController {

    /** The longest address, in characters (RFC 5321 §4.5.3.1.3). */
    private static final int LONGEST_EMAIL = 254;

    static final int MOST_AT_ONCE = 100;

    private static final Pattern EMAIL = Pattern.compile("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+");

    private final ProjectAccess access;
    private final Members members;
    private final ProjectViews views;

    MemberController(ProjectAccess access, Members members, ProjectViews views) {
        this.access = access;
        this.members = members;
        this.views = views;
    }

    record MemberRole(@Nullable String role) {

        Role checked() {
            return Role.named(role == null ? "" : role)
                    .orElseThrow(() -> Problem.VALIDATION_FAILED.at(
                            "role",
                            "must be one of "
                                    + Arrays.stream(Role.values())
                                            .map(Role::wireName)
                                            .collect(Collectors.joining(", "))));
        }
    }

    /** @param users 1 to 100 e-mails, in any case */
    record NewMembers(
            @Nullable List<@Nullable String> users,
            @Nullable String role) {

        List<String> checkedUsers() {
            if (users == null || users.isEmpty() || users.size() > MOST_AT_ONCE) {
                throw Problem.VALIDATION_FAILED.at("users", "must have 1 to " + MOST_AT_ONCE + " entries");
            }
            return users.stream()
                    .map(user -> checked("users", String.valueOf(user)))
                    .distinct()
                    .toList();
        }
    }

    @Operation(summary = "The members of a project, each with the role")
    @GetMapping
    @Requires(Permission.READ_PROJECT)
    Mono<List<Contributor>> list(Caller caller, @PathVariable String projectId) {
        return access.require(caller, projectId, Permission.READ_PROJECT)
                .map(Membership::project)
                .flatMap(views::contributors);
    }

    @Operation(summary = "Add members with the same role; also people who have no account yet")
    @PostMapping
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<Contributor>> addAll(Caller caller, @PathVariable String projectId, @RequestBody NewMembers body) {
        Role role = new MemberRole(body.role()).checked();
        return Flux.fromIterable(body.checkedUsers())
                .concatMap(email -> members.add(caller, projectId, email, role, false))
                .last()
                .flatMap(views::contributors);
    }

    @Operation(summary = "Add a member; also somebody who has no account yet")
    @PostMapping("/{email}")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<Contributor>> add(
            Caller caller,
            @PathVariable String projectId,
            @PathVariable String email,
            @Parameter(description = "Whether the role of who is a member already may change")
                    @RequestParam(defaultValue = "false")
                    boolean allowUpdate,
            @RequestBody MemberRole body) {
        return members.add(caller, projectId, checked(email), body.checked(), allowUpdate)
                .flatMap(views::contributors);
    }

    @Operation(summary = "Change a member's role")
    @PatchMapping("/{email}")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<Contributor>> update(
            Caller caller, @PathVariable String projectId, @PathVariable String email, @RequestBody MemberRole body) {
        return members.update(caller, projectId, checked(email), body.checked()).flatMap(views::contributors);
    }

    @Operation(summary = "Remove a member")
    @DeleteMapping("/{email}")
    @Requires(Permission.MANAGE_MEMBERS)
    Mono<List<Contributor>> remove(Caller caller, @PathVariable String projectId, @PathVariable String email) {
        return members.remove(caller, projectId, checked(email)).flatMap(views::contributors);
    }

    /** People are known by their e-mail in lower case. */
    private static String checked(String email) {
        return checked("email", email);
    }

    private static String checked(String field, String email) {
        if (email.length() > LONGEST_EMAIL || !EMAIL.matcher(email).matches()) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an e-mail address");
        }
        return email.toLowerCase(Locale.ROOT);
    }
}
