package io.sluice.datasetservice.group;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who is in which group, asked of auth-service and remembered for {@link #REMEMBERED}. While auth-service does not
 * answer, the last answer counts for a minute more; then nobody is let in by a group, and the request fails.
 */
@Component
public class GroupDirectory {

    private static final Logger log = LoggerFactory.getLogger(GroupDirectory.class);

    /** As long as other services may remember a role in all, so that who leaves a group is out everywhere within it. */
    public static final Duration REMEMBERED = Duration.ofSeconds(5);

    private static final Duration KEPT = Duration.ofSeconds(65);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int MOST_REMEMBERED = 50_000;
    private static final ParameterizedTypeReference<Set<String>> IDS = new ParameterizedTypeReference<>() {};

    private final WebClient authService;
    private final Clock clock;
    private final Cache<String, Groups> answers = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(KEPT)
            .build();

    GroupDirectory(ServiceClients clients, ServiceTokens tokens, Clock clock) {
        this.authService = clients.asService("auth-service", tokens::forService);
        this.clock = clock;
    }

    /**
     * Somebody's groups.
     *
     * @param ids also those of groups that the person is in through another group
     * @param asOf when that was asked
     */
    public record Groups(Set<String> ids, Instant asOf) {}

    /** The groups of the person with that e-mail, which is in lower case. */
    public Mono<Groups> of(String email) {
        Groups known = answers.getIfPresent(email);
        if (known != null && clock.instant().isBefore(known.asOf().plus(REMEMBERED))) {
            return Mono.just(known);
        }
        return Mono.defer(() -> ask(email, clock.instant()))
                .doOnNext(fresh -> answers.put(email, fresh))
                .onErrorResume(failure -> {
                    log.warn("No groups from auth-service: {}", failure.toString());
                    return known == null || clock.instant().isAfter(known.asOf().plus(KEPT))
                            ? Mono.error(failure)
                            : Mono.just(known);
                });
    }

    private Mono<Groups> ask(String email, Instant now) {
        return authService
                .post()
                .uri("/internal/groups/of")
                .bodyValue(Map.of("email", email))
                .retrieve()
                .bodyToMono(IDS)
                .timeout(TIMEOUT)
                .map(ids -> new Groups(Set.copyOf(ids), now));
    }

    /** Those of the groups that exist. */
    public Flux<KnownGroup> find(Collection<String> ids) {
        return ids.isEmpty()
                ? Flux.empty()
                : authService
                        .post()
                        .uri("/internal/groups/query")
                        .bodyValue(Map.of("ids", ids))
                        .retrieve()
                        .bodyToFlux(KnownGroup.class)
                        .timeout(TIMEOUT);
    }
}
