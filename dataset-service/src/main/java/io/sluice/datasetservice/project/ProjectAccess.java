package io.sluice.datasetservice.project;

import io.sluice.datasetservice.group.GroupDirectory;
import io.sluice.datasetservice.group.GroupDirectory.Groups;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who may do what in which project. */
@Component
public class ProjectAccess {

    /** The id of no project. */
    public static final String NONE = "000000000000000000000000";

    private final ProjectRepository projects;
    private final GroupDirectory groups;
    private final Clock clock;

    ProjectAccess(ProjectRepository projects, GroupDirectory groups, Clock clock) {
        this.projects = projects;
        this.groups = groups;
        this.clock = clock;
    }

    /**
     * The caller's membership in a project that allows this. Who is no member meets the same
     * {@link Problem#NOT_FOUND} as for an unknown id; a member whose role does not allow it meets
     * {@link Problem#FORBIDDEN}.
     */
    public Mono<Membership> require(Caller caller, String projectId, Permission permission) {
        caller.require(permission);
        return find(caller, projectId)
                .switchIfEmpty(Mono.error(ProjectAccess::unknownProject))
                .map(membership -> allowed(membership, permission));
    }

    /**
     * The caller's membership; empty for an unknown project, for one that is being deleted and for others' projects, after
     * the same time. It is up to who asks what the token's scopes allow.
     */
    public Mono<Membership> find(Caller caller, String projectId) {
        return projects.findByIdAndDeletionIsNull(projectId)
                // As much is asked as about somebody else's project.
                .switchIfEmpty(Mono.defer(() -> groups.of(caller.userId()).then(Mono.empty())))
                .flatMap(project -> groupsFor(project, caller)
                        .flatMap(known -> Mono.justOrEmpty(membership(project, caller, known))));
    }

    /** Whether one of the projects allows it; false when the caller is a member of none, else {@link Problem#FORBIDDEN}. */
    public Mono<Boolean> requireAny(Caller caller, List<String> projectIds, Permission permission) {
        caller.require(permission);
        return Flux.fromIterable(projectIds)
                .concatMap(projectId -> find(caller, projectId))
                .collectList()
                .map(memberships -> {
                    if (memberships.isEmpty()) {
                        return false;
                    }
                    if (memberships.stream()
                            .noneMatch(membership -> membership.role().may(permission))) {
                        allowed(memberships.get(0), permission);
                    }
                    return true;
                });
    }

    /** All memberships of the caller that allow this. */
    public Flux<Membership> all(Caller caller, Permission permission) {
        return all(caller, permission, known -> projects.findOf(caller.userId(), known.ids()));
    }

    /** The ids of the projects among these, or of all when there are none, in which the caller may read datasets. */
    public Mono<List<String>> readable(Caller caller, Collection<String> projectIds) {
        return all(caller, Permission.READ_DATASET)
                .map(membership -> membership.project().id())
                .filter(projectId -> projectIds.isEmpty() || projectIds.contains(projectId))
                .collectList();
    }

    /** As {@link #all(Caller, Permission)}, of projects with that name. */
    Flux<Membership> named(Caller caller, String projectName, Permission permission) {
        return all(caller, permission, known -> projects.findOf(caller.userId(), known.ids(), projectName));
    }

    /** As {@link #all(Caller, Permission)}, of projects of that organization. */
    Flux<Membership> inOrganization(Caller caller, String organizationId, Permission permission) {
        return all(
                caller, permission, known -> projects.findInOrganization(caller.userId(), known.ids(), organizationId));
    }

    private Flux<Membership> all(Caller caller, Permission permission, Function<Groups, Flux<Project>> found) {
        caller.require(permission);
        return groups.of(caller.userId())
                .flatMapMany(known -> found.apply(known)
                        .flatMapIterable(project ->
                                membership(project, caller, known).stream().toList()))
                .filter(membership -> membership.role().may(permission));
    }

    /** Whether the project is there and not being deleted. */
    public Mono<Boolean> isAlive(String projectId) {
        return projects.existsByIdAndDeletionIsNull(projectId);
    }

    /** The membership itself, or {@link Problem#FORBIDDEN}. */
    public static Membership allowed(Membership membership, Permission permission) {
        if (!membership.role().may(permission)) {
            throw Problem.FORBIDDEN.with("The role " + membership.role().wireName() + " does not allow this in project "
                    + membership.project().name());
        }
        return membership;
    }

    /** Nobody needs to be asked about a member of a project without groups. */
    private Mono<Groups> groupsFor(Project project, Caller caller) {
        return project.groups().isEmpty()
                        && project.roleOf(caller.userId(), Set.of()).isPresent()
                ? Mono.fromSupplier(() -> new Groups(Set.of(), clock.instant()))
                : groups.of(caller.userId());
    }

    /** Empty for a token, too, that was narrowed to other projects: it knows nothing of this one. */
    private static Optional<Membership> membership(Project project, Caller caller, Groups known) {
        return project.roleOf(caller.userId(), known.ids())
                .filter(role -> caller.reach().includesProject(project.id()))
                .map(role -> new Membership(project, role, known.asOf()));
    }

    /** The same for an unknown id and for somebody who is no member. */
    public static ErrorResponseException unknownProject() {
        return Problem.NOT_FOUND.with("Project not found");
    }
}
