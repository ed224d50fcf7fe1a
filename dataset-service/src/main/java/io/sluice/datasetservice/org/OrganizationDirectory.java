package io.sluice.datasetservice.org;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.token.ServiceTokens;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What organizations are called, and who may do what in them, asked of auth-service. Names are remembered for a minute,
 * and a project is worth showing without that of its organization; a role is asked for each time.
 */
@Component
public class OrganizationDirectory {

    private static final Logger log = LoggerFactory.getLogger(OrganizationDirectory.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int MOST_AT_ONCE = 500;

    private final WebClient authService;
    private final Cache<String, String> names = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();

    OrganizationDirectory(ServiceClients clients, ServiceTokens tokens) {
        this.authService = clients.asService("auth-service", tokens::forService);
    }

    /** The names of those organizations that exist, by their ids; never fails. */
    public Mono<Map<String, String>> names(Collection<String> ids) {
        Map<String, String> known = names.getAllPresent(ids);
        List<String> unknown =
                ids.stream().distinct().filter(id -> !known.containsKey(id)).toList();
        if (unknown.isEmpty()) {
            return Mono.just(known);
        }
        return Flux.fromIterable(unknown)
                .buffer(MOST_AT_ONCE)
                .concatMap(some -> query(Map.of("ids", some)))
                .collectMap(KnownOrganization::id, KnownOrganization::name)
                .doOnNext(names::putAll)
                .onErrorResume(failure -> {
                    log.warn("No names of organizations from auth-service: {}", failure.toString());
                    Map<String, String> nameless = new HashMap<>();
                    unknown.forEach(id -> nameless.put(id, ""));
                    return Mono.just(nameless);
                })
                .map(fresh -> {
                    Map<String, String> all = new HashMap<>(known);
                    all.putAll(fresh);
                    return all;
                });
    }

    /**
     * The organization, when the caller may do that in it. Who is no member meets the same {@link Problem#NOT_FOUND} as
     * for an unknown id, a member whose role does not allow it {@link Problem#FORBIDDEN}.
     */
    public Mono<KnownOrganization> require(Caller caller, String organizationId, Permission permission) {
        return find(caller, organizationId)
                .filter(organization -> organization.role() != null)
                .switchIfEmpty(Mono.error(OrganizationDirectory::unknownOrganization))
                .doOnNext(organization -> {
                    if (organization.role() == null || !organization.role().may(permission)) {
                        throw Problem.FORBIDDEN.with(
                                "Your role does not allow this in organization " + organization.name());
                    }
                });
    }

    /** The organization with the caller's role in it, if any; empty when it does not exist. */
    public Mono<KnownOrganization> find(Caller caller, String organizationId) {
        return query(Map.of("ids", List.of(organizationId), "email", caller.userId()))
                .next();
    }

    private Flux<KnownOrganization> query(Map<String, Object> query) {
        return authService
                .post()
                .uri("/internal/orgs/query")
                .bodyValue(query)
                .retrieve()
                .bodyToFlux(KnownOrganization.class)
                .timeout(TIMEOUT);
    }

    private static ErrorResponseException unknownOrganization() {
        return Problem.NOT_FOUND.with("Organization not found");
    }
}
