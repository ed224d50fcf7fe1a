package io.sluice.modelservice.dpk;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Query;
import io.sluice.modelservice.dpk.Dpks.Seen;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * DPKs that a caller may see: those of the caller's projects, and those that the organizations of these projects share.
 */
@Component
public class DpkAccess {

    private static final int AT_ONCE = 8;

    private final Dpks dpks;
    private final ProjectClient projects;
    private final WebClient datasets;

    DpkAccess(Dpks dpks, ProjectClient projects, ServiceClients clients) {
        this.dpks = dpks;
        this.projects = projects;
        this.datasets = clients.asCaller("dataset-service");
    }

    private record OrganizationRef(@Nullable String id) {}

    private record ProjectRef(String id, @Nullable OrganizationRef org) {

        private @Nullable String organizationId() {
            return org == null ? null : org.id();
        }
    }

    /** A version by its own id, or by that of the DPK, which means the highest. */
    Mono<FoundDpk> require(String dpkId, Caller caller, Permission permission) {
        return required(dpkId)
                .then(dpks.find(dpkId))
                .switchIfEmpty(projects.refuse(caller, () -> unknown(dpkId)))
                .delayUntil(found -> allow(found.dpk(), caller, permission, () -> unknown(dpkId)));
    }

    /** One version of a DPK, by the DPK's id. */
    Mono<FoundDpk> require(String dpkId, String version, Caller caller) {
        Supplier<ErrorResponseException> unknown =
                () -> Problem.NOT_FOUND.with("No version " + version + " of a DPK " + dpkId);
        return required(dpkId)
                .then(dpks.find(dpkId).map(FoundDpk::dpk))
                .switchIfEmpty(projects.refuse(caller, unknown))
                .delayUntil(dpk -> allow(dpk, caller, Permission.READ_MODEL, unknown))
                .flatMap(dpk -> dpks.find(dpk, version).switchIfEmpty(Mono.error(unknown)));
    }

    private static Mono<Void> required(String dpkId) {
        return ObjectId.isValid(dpkId)
                ? Mono.empty()
                : Mono.error(Problem.VALIDATION_FAILED.at("dpkId", "must have 24 hexadecimal characters"));
    }

    static ErrorResponseException unknown(String dpkId) {
        return Problem.NOT_FOUND.with("No DPK " + dpkId);
    }

    /** Who sees a shared DPK through another project may not change it. */
    private Mono<Void> allow(Dpk dpk, Caller caller, Permission permission, Supplier<ErrorResponseException> unknown) {
        return projects.require(caller, dpk.projectId(), permission, unknown)
                .then()
                .onErrorResume(
                        ErrorResponseException.class,
                        refused -> dpk.organizationId() == null
                                        || refused.getStatusCode().value() != Problem.NOT_FOUND.status()
                                ? Mono.error(refused)
                                : allowShared(dpk, caller, permission, refused));
    }

    private Mono<Void> allowShared(Dpk dpk, Caller caller, Permission permission, ErrorResponseException refused) {
        return organizations(caller, List.of()).flatMap(organizationIds -> {
            if (!organizationIds.contains(dpk.organizationId())) {
                return Mono.error(refused);
            }
            caller.require(permission);
            return permission == Permission.READ_MODEL
                    ? Mono.empty()
                    : Mono.error(Problem.FORBIDDEN.with("The DPK " + dpk.name() + " is another project's"));
        });
    }

    /** What a query is about. */
    Mono<Seen> seen(Query query, Caller caller) {
        caller.require(Permission.READ_MODEL);
        Mono<List<String>> own = query.projects().isEmpty()
                ? projects.all(caller).collectList()
                : Flux.fromIterable(query.projects())
                        .distinct()
                        .flatMapSequential(
                                projectId -> projects.require(caller, projectId, Permission.READ_MODEL), AT_ONCE)
                        .map(ProjectAccess::projectId)
                        .collectList();
        return own.flatMap(projectIds ->
                organizations(caller, query.projects()).map(organizationIds -> new Seen(projectIds, organizationIds)));
    }

    /** @param projectIds of which projects; empty for all of the caller's */
    private Mono<List<String>> organizations(Caller caller, List<String> projectIds) {
        return datasets.get()
                .uri("/api/v1/projects")
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(ProjectRef.class)
                .filter(project -> projectIds.isEmpty() || projectIds.contains(project.id()))
                .mapNotNull(ProjectRef::organizationId)
                .distinct()
                .collectList();
    }

    /**
     * What a project can install: its own DPK of that name, or else the one that its organization shares.
     *
     * @param version null for the highest
     * @return empty when there is none
     */
    public Mono<FoundDpk> installable(String name, @Nullable String version, ProjectAccess project) {
        return dpks.installable(name, version, project.projectId(), project.organizationId());
    }

    /** Another version of a DPK that is installed; the highest when none is named. */
    public Mono<FoundDpk> version(String dpkId, @Nullable String version) {
        return dpks.findDpk(dpkId)
                .flatMap(dpk -> dpks.find(dpk, Objects.requireNonNullElse(version, String.valueOf(dpk.version()))));
    }

    /** Versions by their ids; those that are gone are left out. */
    public Mono<Map<String, FoundDpk>> all(Collection<String> revisionIds) {
        return dpks.all(revisionIds);
    }
}
