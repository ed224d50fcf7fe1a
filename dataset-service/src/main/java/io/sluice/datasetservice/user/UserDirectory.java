package io.sluice.datasetservice.user;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The names of people, asked of auth-service and remembered for a minute. A project is worth showing without the names
 * of its members, so a failure leaves them empty.
 */
@Component
public class UserDirectory {

    private static final Logger log = LoggerFactory.getLogger(UserDirectory.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int MOST_AT_ONCE = 500;
    private static final ParameterizedTypeReference<List<UserName>> USERS = new ParameterizedTypeReference<>() {};

    private final WebClient authService;
    private final Clock clock;
    private final Cache<String, UserName> names = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .build();
    private volatile Instant askAgainAt = Instant.EPOCH;

    @Autowired
    UserDirectory(ServiceClients clients, ServiceTokens tokens, Clock clock) {
        this(clients.asService("auth-service", tokens::forService), clock);
    }

    UserDirectory(WebClient authService, Clock clock) {
        this.authService = authService;
        this.clock = clock;
    }

    /** A name for each e-mail, by the e-mail; never fails. */
    public Mono<Map<String, UserName>> names(Collection<String> emails) {
        Map<String, UserName> known = names.getAllPresent(emails);
        List<String> unknown = emails.stream()
                .distinct()
                .filter(email -> !known.containsKey(email))
                .toList();
        return ask(unknown).map(fresh -> {
            Map<String, UserName> all = new HashMap<>(known);
            all.putAll(fresh);
            return all;
        });
    }

    private Mono<Map<String, UserName>> ask(List<String> emails) {
        if (emails.isEmpty() || clock.instant().isBefore(askAgainAt)) {
            return Mono.just(nameless(emails));
        }
        return Flux.fromIterable(emails)
                .buffer(MOST_AT_ONCE)
                .concatMap(this::query)
                .collectList()
                .timeout(TIMEOUT)
                .map(found -> {
                    Map<String, UserName> all = nameless(emails);
                    found.forEach(some -> some.forEach(user -> all.put(user.email(), user)));
                    names.putAll(all);
                    return all;
                })
                .onErrorResume(failure -> {
                    log.warn("No names from auth-service: {}", failure.toString());
                    askAgainAt = clock.instant().plus(PAUSE_AFTER_FAILURE);
                    return Mono.just(nameless(emails));
                });
    }

    private Mono<List<UserName>> query(List<String> emails) {
        return authService
                .post()
                .uri("/internal/users/query")
                .bodyValue(Map.of("emails", emails))
                .retrieve()
                .bodyToMono(USERS);
    }

    private static Map<String, UserName> nameless(List<String> emails) {
        return emails.stream().collect(Collectors.toMap(Function.identity(), UserName::unknown));
    }
}
