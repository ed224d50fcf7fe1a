package io.sluice.kit.auth;

import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import java.security.Key;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/**
 * The public keys of one issuer, fetched from it when an unknown key id turns up, at most once a second: a flood of
 * made-up key ids costs the issuer no more than that.
 */
class KeySet {

    /** Where every issuer publishes its keys. */
    static final String PATH = "/internal/jwks.json";

    private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final WebClient client;
    private final Clock clock;
    private final AtomicReference<@Nullable Mono<Map<String, Key>>> fetch = new AtomicReference<>();
    private volatile Map<String, Key> keys = Map.of();
    private volatile Instant fetchedAt = Instant.EPOCH;

    /** @param client bound to the address of the key set */
    KeySet(WebClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    /** The key of that id; empty when the issuer does not publish it. */
    Mono<Key> find(String keyId) {
        Key known = keys.get(keyId);
        return known == null ? refresh().mapNotNull(fresh -> fresh.get(keyId)) : Mono.just(known);
    }

    /** All who wait share one fetch. */
    private Mono<Map<String, Key>> refresh() {
        Mono<Map<String, Key>> shared = fetch.updateAndGet(running -> running == null ? startFetch() : running);
        return shared;
    }

    private Mono<Map<String, Key>> startFetch() {
        Duration wait = Duration.between(clock.instant(), fetchedAt.plus(BETWEEN_FETCHES));
        Mono<Document> document =
                client.get().retrieve().bodyToMono(Document.class).timeout(TIMEOUT);
        return Mono.delay(wait.isNegative() ? Duration.ZERO : wait)
                .then(document)
                .map(Document::byId)
                .doOnNext(fresh -> keys = fresh)
                .doFinally(signal -> {
                    fetchedAt = clock.instant();
                    fetch.set(null);
                })
                .cache();
    }

    /** What an issuer publishes (RFC 7517 §5). One key may be in it under two ids; a set of keys would lose one of them. */
    private record Document(List<Map<String, Object>> keys) {

        Map<String, Key> byId() {
            return keys.stream()
                    .map(key -> Jwks.builder().add(key).build())
                    .collect(Collectors.toMap(Jwk::getId, Jwk::toKey));
        }
    }
}
