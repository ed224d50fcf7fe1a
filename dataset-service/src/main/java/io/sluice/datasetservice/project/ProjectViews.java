package io.sluice.datasetservice.project;

import io.sluice.datasetservice.user.UserDirectory;
import io.sluice.datasetservice.user.UserName;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Shows projects with the names of their members. */
@Component
class ProjectViews {

    private static final int AT_ONCE = 100;

    private final UserDirectory users;

    ProjectViews(UserDirectory users) {
        this.users = users;
    }

    Mono<ProjectView> of(Membership membership, String api) {
        return contributors(membership.project()).map(all -> ProjectView.of(membership, all, api));
    }

    /** In the same order; asks for names once per hundred projects. */
    Flux<ProjectView> of(Flux<Membership> memberships, String api) {
        return memberships.buffer(AT_ONCE).concatMap(some -> {
            List<String> emails = some.stream()
                    .flatMap(membership -> membership.project().members().stream())
                    .map(Member::email)
                    .toList();
            return users.names(emails)
                    .flatMapIterable(names -> some.stream()
                            .map(membership ->
                                    ProjectView.of(membership, contributors(membership.project(), names), api))
                            .toList());
        });
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
