package io.sluice.gateway.limit;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.util.unit.DataSize;

/** Puts the limits right behind the look at the token, so that a request that is refused costs nothing more. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitProperties.class)
class LimitConfiguration {

    /** What the server underneath takes, which its own settings say. */
    @Bean
    Limits limitsOfHead(
            @Value("${server.max-http-request-header-size}") DataSize headers,
            @Value("${server.netty.max-initial-line-length}") DataSize line) {
        return Limits.of(
                Limit.bytes("request-headers", headers.toBytes(), "All headers of a request together"),
                Limit.bytes(
                        "request-line", line.toBytes(), "The method and the address of a request, its query included"));
    }

    @Bean
    @Order(1)
    @ConditionalOnBooleanProperty(name = "gateway.limits.enabled", matchIfMissing = true)
    RateLimit rateLimit(LimitProperties limits, MeterRegistry registry) {
        return new RateLimit(limits, registry);
    }
}
