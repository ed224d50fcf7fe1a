package io.sluice.kit.token;

import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The tokens by which this service calls the {@code /internal/**} of another when no user is behind the call. */
public class ServiceTokens {

    private static final Duration LIFE = Duration.ofMinutes(1);

    private final String self;
    private final SigningKeys keys;

    /** @param self the name of this service */
    public ServiceTokens(String self, SigningKeys keys) {
        this.self = self;
        this.keys = keys;
    }

    /** A token for one other service, good for a minute. */
    public Mono<String> forService(String audience) {
        return keys.sign(audience, self, LIFE, Map.of());
    }
}
