package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who may do what in which project. */
@Component
public class ProjectAccess {

    private final ProjectRepository projects;

    ProjectAccess(ProjectRepository projects) {
        this.projects = projects;
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
     * The caller's membership; empty for an unknown project, for one that is being deleted and for others' projects. It
     * is up to who asks what the token's scopes allow.
     */
    public Mono<Membership> find(Caller caller, String projectId) {
        return projects.findByIdAndDeletionIsNull(projectId)
                .flatMapIterable(project -> memberships(project, caller))
                .next();
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
        caller.require(permission);
        return projects.findByMembersEmailAndDeletionIsNullOrderById(caller.userId())
                .flatMapIterable(project -> memberships(project, caller))
                .filter(membership -> membership.role().may(permission));
    }

    /** As {@link #all(Caller, Permission)}, of projects with that name. */
    Flux<Membership> all(Caller caller, String projectName, Permission permission) {
        caller.require(permission);
        return projects.findByMembersEmailAndNameAndDeletionIsNullOrderById(caller.userId(), projectName)
                .flatMapIterable(project -> memberships(project, caller))
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

    /** One, or none; a token that was narrowed to other projects knows nothing of this one. */
    private static List<Membership> memberships(Project project, Caller caller) {
        if (!caller.reach().includesProject(project.id())) {
            return List.of();
        }
        return project.member(caller.userId()).map(member -> new Membership(project, member.role())).stream()
                .toList();
    }

    /** The same for an unknown id and for somebody who is no member. */
    public static ErrorResponseException unknownProject() {
        return Problem.NOT_FOUND.with("Project not found");
    }
}
