package io.sluice.authservice.bot;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** What dataset-service knows of projects and their members, asked in the name of the caller. */
@Component
class ProjectClient {

    private final WebClient datasetService;

    ProjectClient(ServiceClients clients) {
        this.datasetService = clients.asCaller("dataset-service");
    }

    private record Access(String role) {}

    private record Member(String email, @Nullable String role) {}

    /**
     * Refuses who may not manage the members of a project: {@link Problem#NOT_FOUND} for who is none, as for an unknown
     * project, {@link Problem#FORBIDDEN} for the other members.
     */
    Mono<Void> requireManager(Caller caller, String projectId) {
        caller.require(Permission.MANAGE_MEMBERS);
        return datasetService
                .get()
                .uri("/internal/access/projects/{projectId}", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(Access.class)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty())
                .switchIfEmpty(Mono.error(ProjectClient::unknownProject))
                .doOnNext(access -> requireManager(access.role()))
                .then();
    }

    private static void requireManager(String role) {
        if (!Role.named(role).map(known -> known.may(Permission.MANAGE_MEMBERS)).orElse(false)) {
            throw Problem.FORBIDDEN.with("The role " + role + " does not allow this in the project");
        }
    }

    /** The role of each member, by e-mail. */
    Mono<Map<String, String>> roles(Caller caller, String projectId) {
        return datasetService
                .get()
                .uri("/api/v1/projects/{projectId}/members", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(Member.class)
                .collect(HashMap::new, (roles, member) -> {
                    if (member.role() != null) {
                        roles.put(member.email(), member.role());
                    }
                });
    }

    Mono<Void> addMember(Caller caller, String projectId, String email, Role role) {
        return datasetService
                .post()
                .uri("/api/v1/projects/{projectId}/members/{email}", projectId, email)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .bodyValue(Map.of("role", role))
                .retrieve()
                .onStatus(status -> status.value() == Problem.VALIDATION_FAILED.status(), full -> Mono.just(isFull()))
                .toBodilessEntity()
                .then();
    }

    private static ErrorResponseException unknownProject() {
        return Problem.NOT_FOUND.with("Project not found");
    }

    private static ErrorResponseException isFull() {
        return Problem.VALIDATION_FAILED.with("The project has as many members as it may have");
    }
}
