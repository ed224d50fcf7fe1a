package io.sluice.authservice.project;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** Asks dataset-service what somebody may do in a project. */
@Component
public class ProjectRoles {

    private final WebClient datasetService;

    ProjectRoles(ServiceClients clients) {
        this.datasetService = clients.asCaller("dataset-service");
    }

    private record Access(String role) {}

    /** {@link Problem#NOT_FOUND} for who is no member, as for an unknown project; {@link Problem#FORBIDDEN} for the others. */
    public Mono<Void> require(Caller caller, String projectId, Permission permission) {
        caller.require(permission);
        return datasetService
                .get()
                .uri("/internal/access/projects/{projectId}", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(Access.class)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty())
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("Project not found")))
                .doOnNext(access -> {
                    if (!Role.named(access.role())
                            .map(known -> known.may(permission))
                            .orElse(false)) {
                        throw Problem.FORBIDDEN.with(
                                "The role " + access.role() + " does not allow this in the project");
                    }
                })
                .then();
    }
}
