package io.sluice.kit.token;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** The tokens by which this service calls the {@code /internal/**} of another when no user is behind the call. */
public class ServiceTokens {

    private static final Duration LIFE = Duration.ofMinutes(1);

    /** Signing costs both sides an RSA operation, so one token serves all calls of a while. */
    private static final Duration REUSED = Duration.ofSeconds(20);

    private final String self;
    private final SigningKeys keys;
    private final Map<String, Mono<String>> current = new ConcurrentHashMap<>();

    /** @param self the name of this service */
    public ServiceTokens(String self, SigningKeys keys) {
        this.self = self;
        this.keys = keys;
    }

    /** A token for one other service, good for at least 40 s more. */
    public Mono<String> forService(String audience) {
        return current.computeIfAbsent(audience, this::reused);
    }

    private Mono<String> reused(String audience) {
        return Mono.defer(() -> keys.sign(audience, self, LIFE, Map.of()))
                .cache(token -> REUSED, failure -> Duration.ZERO, () -> Duration.ZERO);
    }
}
