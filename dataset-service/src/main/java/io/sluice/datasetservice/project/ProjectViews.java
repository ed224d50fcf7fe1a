package io.sluice.datasetservice.project;

import io.sluice.datasetservice.org.OrganizationDirectory;
import io.sluice.datasetservice.user.UserDirectory;
import io.sluice.datasetservice.user.UserName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Shows projects with the names of their members. */
@Component
class ProjectViews {

    private static final int AT_ONCE = 100;

    private final UserDirectory users;
    private final OrganizationDirectory organizations;

    ProjectViews(UserDirectory users, OrganizationDirectory organizations) {
        this.users = users;
        this.organizations = organizations;
    }

    Mono<ProjectView> of(Membership membership, String api) {
        return of(List.of(membership), api).map(views -> views.get(0));
    }

    /** In the same order; asks for names once per hundred projects. */
    Flux<ProjectView> of(Flux<Membership> memberships, String api) {
        return memberships.buffer(AT_ONCE).concatMap(some -> of(some, api)).flatMapIterable(some -> some);
    }

    private Mono<List<ProjectView>> of(List<Membership> memberships, String api) {
        List<Project> projects = memberships.stream().map(Membership::project).toList();
        List<String> emails = projects.stream()
                .flatMap(project -> project.members().stream())
                .map(Member::email)
                .toList();
        List<String> ids = projects.stream()
                .map(Project::organizationId)
                .filter(Objects::nonNull)
                .toList();
        return Mono.zip(users.names(emails), organizations.names(ids))
                .map(names -> memberships.stream()
                        .map(membership -> ProjectView.of(
                                membership,
                                contributors(membership.project(), names.getT1()),
                                organization(membership.project(), names.getT2()),
                                api))
                        .toList());
    }

    /** A project whose organization has been deleted belongs to none. */
    private static @Nullable OrganizationRef organization(Project project, Map<String, String> names) {
        String id = project.organizationId();
        String name = id == null ? null : names.get(id);
        return id == null || name == null ? null : new OrganizationRef(id, name);
    }

    Mono<List<Contributor>> contributors(Project project) {
        List<String> emails = project.members().stream().map(Member::email).toList();
        return users.names(emails).map(names -> contributors(project, names));
    }

    private static List<Contributor> contributors(Project project, Map<String, UserName> names) {
        return project.members().stream()
                .map(member ->
                        Contributor.of(member, names.getOrDefault(member.email(), UserName.unknown(member.email()))))
                .toList();
    }
}
