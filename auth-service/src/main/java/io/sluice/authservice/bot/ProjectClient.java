package io.sluice.authservice.bot;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Role;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** What dataset-service knows of projects and their members, asked in the name of the caller. */
@Component
class ProjectClient {

    private final WebClient datasetService;

    ProjectClient(ServiceClients clients) {
        this.datasetService = clients.asCaller("dataset-service");
    }

    private record Member(String email, @Nullable String role) {}

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

    private static ErrorResponseException isFull() {
        return Problem.VALIDATION_FAILED.with("The project has as many members as it may have");
    }
}
