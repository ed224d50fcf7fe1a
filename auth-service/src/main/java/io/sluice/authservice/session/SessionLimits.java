package io.sluice.authservice.session;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How long somebody stays signed in. */
@Configuration(proxyBeanMethods = false)
class SessionLimits {

    @Bean
    Limits limitsOfSessions(SessionProperties sessions) {
        return Limits.of(
                Limit.time("token-life", sessions.tokenLife(), "How long a token of a session is good for"),
                Limit.time(
                        "refresh-token-life",
                        sessions.refreshTokenLife(),
                        "How long new tokens can be had without the password"));
    }
}
