package io.sluice.datasetservice.project;

import io.sluice.datasetservice.group.GroupDirectory;
import io.sluice.datasetservice.group.KnownGroup;
import io.sluice.datasetservice.org.OrganizationDirectory;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Changes which groups belong to a project. Two changes at once are done one after the other; none is lost. */
@Component
class ProjectGroups {

    private final ProjectRepository projects;
    private final ProjectAccess access;
    private final GroupDirectory groups;
    private final OrganizationDirectory organizations;
    private final Clock clock;

    ProjectGroups(
            ProjectRepository projects,
            ProjectAccess access,
            GroupDirectory groups,
            OrganizationDirectory organizations,
            Clock clock) {
        this.projects = projects;
        this.access = access;
        this.groups = groups;
        this.organizations = organizations;
        this.clock = clock;
    }

    /**
     * Adds a group of an organization that the caller belongs to. Adding one again changes nothing; with another role it
     * is {@link Problem#ALREADY_EXISTS}.
     */
    Mono<Project> add(Caller caller, String projectId, String groupId, Role role) {
        // First of all, because who may not do this must not learn which groups there are.
        return access.require(caller, projectId, Permission.MANAGE_MEMBERS)
                .then(Mono.defer(() -> visibleGroup(caller, groupId)))
                .flatMap(group -> change(caller, projectId, project -> {
                    GroupMember member = project.group(groupId).orElse(null);
                    if (member != null && member.role() != role) {
                        throw Problem.ALREADY_EXISTS.with("The group is a member already, as "
                                + member.role().wireName() + "; use PATCH to change the role");
                    }
                    return member != null
                            ? project
                            : project.with(new GroupMember(groupId, role, clock.instant()), clock.instant());
                }));
    }

    Mono<Project> update(Caller caller, String projectId, String groupId, Role role) {
        return change(caller, projectId, project -> {
            GroupMember member = required(project, groupId);
            return member.role() == role
                    ? project
                    : project.with(new GroupMember(groupId, role, member.addedAt()), clock.instant());
        });
    }

    Mono<Project> remove(Caller caller, String projectId, String groupId) {
        return change(caller, projectId, project -> project.without(required(project, groupId), clock.instant()));
    }

    /** The group of an organization that the caller is a member of. */
    private Mono<KnownGroup> visibleGroup(Caller caller, String groupId) {
        return groups.find(List.of(groupId))
                .next()
                .switchIfEmpty(Mono.error(() -> noGroup(groupId)))
                .delayUntil(group -> organizations
                        .require(caller, group.organizationId(), Permission.READ_ORGANIZATION)
                        .onErrorMap(ErrorResponseException.class, notVisible -> noGroup(groupId)));
    }

    private Mono<Project> change(Caller caller, String projectId, UnaryOperator<Project> edit) {
        return Mono.defer(() -> access.require(caller, projectId, Permission.MANAGE_MEMBERS))
                .map(Membership::project)
                .flatMap(project -> {
                    Project changed = edit.apply(project);
                    return changed.equals(project) ? Mono.just(project) : projects.save(changed);
                })
                .retryWhen(Conflicts.retried());
    }

    private static GroupMember required(Project project, String groupId) {
        return project.group(groupId).orElseThrow(() -> noGroup(groupId));
    }

    private static ErrorResponseException noGroup(String groupId) {
        return Problem.NOT_FOUND.with("No group " + groupId);
    }
}
