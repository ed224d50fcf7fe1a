package io.sluice.kit.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.function.Supplier;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Asks the dataset-service what a caller may do in a project, and remembers the answer for as long as it says, at most five
 * seconds; that there is no access is not remembered.
 */
public class ProjectClient {

    /** The id of no project. */
    private static final String NONE = "000000000000000000000000";

    private static final Duration REMEMBERED = Duration.ofSeconds(5);
    private static final int MOST_REMEMBERED = 50_000;

    private final WebClient datasets;
    private final Cache<Question, ProjectAccess> answers = Caffeine.newBuilder()
            .expireAfter(Expiry.<Question, ProjectAccess>writing((question, answer) -> freshFor(answer)))
            .maximumSize(MOST_REMEMBERED)
            .build();

    public ProjectClient(ServiceClients clients) {
        this.datasets = clients.asCaller("dataset-service");
    }

    private record Question(String userId, String projectId) {}

    private record ProjectRef(String id) {}

    /**
     * The access of a caller who has the permission.
     *
     * @param unknown the failure for somebody who is no member: the same as for a thing that does not exist
     */
    public Mono<ProjectAccess> require(
            Caller caller, String projectId, Permission permission, Supplier<ErrorResponseException> unknown) {
        return access(caller, projectId)
                .switchIfEmpty(Mono.error(unknown))
                .delayUntil(access -> Recording.in(access.projectId(), access.organizationId()))
                .doOnNext(access -> access.require(caller, permission));
    }

    /** As {@link #require(Caller, String, Permission, Supplier)}, for a project that the caller named. */
    public Mono<ProjectAccess> require(Caller caller, String projectId, Permission permission) {
        return require(caller, projectId, permission, () -> Problem.NOT_FOUND.with("Project not found"));
    }

    /** Fails as for somebody who is no member, after the same time. */
    public <T> Mono<T> refuse(Caller caller, Supplier<ErrorResponseException> unknown) {
        return Mono.defer(() -> access(caller, NONE)).then(Mono.error(unknown));
    }

    /** The ids of all projects that the caller is a member of; every member may read. */
    public Flux<String> all(Caller caller) {
        return datasets.get()
                .uri("/api/v1/projects")
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(ProjectRef.class)
                .map(ProjectRef::id);
    }

    private Mono<ProjectAccess> access(Caller caller, String projectId) {
        Question question = new Question(caller.userId(), projectId);
        ProjectAccess known = answers.getIfPresent(question);
        Mono<ProjectAccess> access = known == null
                ? ask(caller, projectId).doOnNext(answer -> answers.put(question, answer))
                : Mono.just(known);
        // The answer may have been for another token of the same user, which reached further than this one.
        return access.filter(answer -> caller.reach().includesProject(answer.projectId()));
    }

    private static Duration freshFor(ProjectAccess answer) {
        Duration said = Duration.ofMillis(Math.max(0, answer.freshForMillis()));
        return said.compareTo(REMEMBERED) < 0 ? said : REMEMBERED;
    }

    private Mono<ProjectAccess> ask(Caller caller, String projectId) {
        return datasets.get()
                .uri("/internal/access/projects/{projectId}", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(ProjectAccess.class)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty());
    }
}
