package io.sluice.datasetservice.setting;

import io.sluice.datasetservice.dataset.DatasetAccess;
import io.sluice.datasetservice.org.OrganizationDirectory;
import io.sluice.datasetservice.project.Membership;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/**
 * Who may see and who may change the settings of whom: everybody their own; members of a project those of the project and
 * its datasets, who may change the thing itself changes its settings; likewise in an organization; everybody sees those of
 * the platform, administrators change them.
 */
@Component
class SettingAccess {

    private final ProjectAccess projects;
    private final DatasetAccess datasets;
    private final OrganizationDirectory organizations;

    SettingAccess(ProjectAccess projects, DatasetAccess datasets, OrganizationDirectory organizations) {
        this.projects = projects;
        this.datasets = datasets;
        this.organizations = organizations;
    }

    /**
     * The project that the scope is in, if it is in one. Somebody who may not know of the thing meets {@link Problem#NOT_FOUND},
     * who may know but not do it {@link Problem#FORBIDDEN}.
     */
    Mono<Optional<String>> require(Caller caller, SettingScope scope, boolean toChange) {
        String id = Objects.requireNonNull(scope.id());
        return switch (Objects.requireNonNull(scope.type())) {
            case USER -> id.equals(caller.userId()) ? Mono.just(Optional.empty()) : Mono.error(unknown());
            case DATASET -> {
                Permission permission = toChange ? Permission.UPDATE_DATASET : Permission.READ_DATASET;
                caller.require(permission);
                yield datasets.head(caller, id)
                        .map(head -> Optional.of(projectOf(ProjectAccess.allowed(head.membership(), permission))));
            }
            case PROJECT ->
                projects.require(caller, id, toChange ? Permission.UPDATE_PROJECT : Permission.READ_PROJECT)
                        .map(membership -> Optional.of(projectOf(membership)));
            case ORGANIZATION -> {
                Permission permission = toChange ? Permission.UPDATE_ORGANIZATION : Permission.READ_ORGANIZATION;
                caller.require(permission);
                yield organizations.require(caller, id, permission).thenReturn(Optional.empty());
            }
            case PLATFORM ->
                toChange && !caller.isAdministrator()
                        ? Mono.error(() ->
                                Problem.FORBIDDEN.with("Settings of the platform are changed by its administrators"))
                        : Mono.just(Optional.empty());
            case TASK -> Mono.error(unknown());
        };
    }

    private static String projectOf(Membership membership) {
        return membership.project().id();
    }

    /** The same for an unknown id and for what the caller must not know of. */
    static ErrorResponseException unknown() {
        return Problem.NOT_FOUND.with("Setting not found");
    }
}
