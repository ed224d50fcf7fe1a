package io.sluice.gateway.limit;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** Puts the limits right behind the look at the token, so that a request that is refused costs nothing more. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitProperties.class)
class LimitConfiguration {

    @Bean
    @Order(1)
    @ConditionalOnBooleanProperty(name = "gateway.limits.enabled", matchIfMissing = true)
    RateLimit rateLimit(LimitProperties limits) {
        return new RateLimit(limits);
    }
}
