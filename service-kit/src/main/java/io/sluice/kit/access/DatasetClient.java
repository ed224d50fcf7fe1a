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
import reactor.core.publisher.Mono;

/**
 * Asks the dataset-service what a caller may do. An answer is remembered for as long as the dataset-service says,
 * at most five seconds, so that a removed member is out everywhere within that time; that there is no access is not remembered.
 */
public class DatasetClient {

    /** The id of no dataset. */
    private static final String NONE = "000000000000000000000000";

    /** The longest, whatever the dataset-service says. */
    public static final Duration REMEMBERED = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 50_000;

    private final WebClient datasets;
    private final Cache<Question, DatasetAccess> answers = Caffeine.newBuilder()
            .expireAfter(Expiry.<Question, DatasetAccess>writing((question, answer) -> freshFor(answer)))
            .maximumSize(MOST_REMEMBERED)
            .build();

    public DatasetClient(ServiceClients clients) {
        this.datasets = clients.asCaller("dataset-service");
    }

    private record Question(String userId, String datasetId) {}

    /**
     * The access of a caller who has the permission.
     *
     * @param unknown the failure for somebody who is no member: the same as for a thing that does not exist
     */
    public Mono<DatasetAccess> require(
            Caller caller, String datasetId, Permission permission, Supplier<ErrorResponseException> unknown) {
        return access(caller, datasetId)
                .switchIfEmpty(Mono.error(unknown))
                .delayUntil(access -> Recording.in(access.projectId(), access.organizationId()))
                .doOnNext(access -> access.require(caller, permission));
    }

    /**
     * Fails as {@link #require(Caller, String, Permission, Supplier)} does for somebody who is no member, after the same
     * time, so that the time does not tell whether the thing is there.
     */
    public <T> Mono<T> refuse(Caller caller, Supplier<ErrorResponseException> unknown) {
        return Mono.defer(() -> access(caller, NONE)).then(Mono.error(unknown));
    }

    /** As {@link #require(Caller, String, Permission, Supplier)}, for a dataset that the caller named. */
    public Mono<DatasetAccess> require(Caller caller, String datasetId, Permission permission) {
        return require(caller, datasetId, permission, () -> unknownDataset(datasetId));
    }

    /** Something about the dataset is not as it was: this replica asks again. */
    public void forget(String datasetId) {
        answers.asMap().keySet().removeIf(question -> question.datasetId().equals(datasetId));
    }

    /** The failure for a dataset that does not exist or that the caller must not know of. */
    public static ErrorResponseException unknownDataset(String datasetId) {
        return Problem.NOT_FOUND.with("No dataset " + datasetId);
    }

    private Mono<DatasetAccess> access(Caller caller, String datasetId) {
        Question question = new Question(caller.userId(), datasetId);
        DatasetAccess known = answers.getIfPresent(question);
        Mono<DatasetAccess> access = known == null
                ? ask(caller, datasetId).doOnNext(answer -> answers.put(question, answer))
                : Mono.just(known);
        // The answer may have been for another token of the same user, which reached further than this one.
        return access.filter(answer -> caller.reach().includesProject(answer.projectId()));
    }

    private static Duration freshFor(DatasetAccess answer) {
        Duration said = Duration.ofMillis(Math.max(0, answer.freshForMillis()));
        return said.compareTo(REMEMBERED) < 0 ? said : REMEMBERED;
    }

    private Mono<DatasetAccess> ask(Caller caller, String datasetId) {
        return datasets.get()
                .uri("/internal/access/datasets/{datasetId}", datasetId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(DatasetAccess.class)
                .onErrorResume(WebClientResponseException.NotFound.class, notVisible -> Mono.empty());
    }
}
