package io.sluice.gateway.cache;

import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the cache before the way to the services. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CacheProperties.class)
class CacheConfiguration {

    @Bean
    @ConditionalOnProperty(name = "gateway.cache.enabled", matchIfMissing = true)
    CachingRouting cachingRouting(CacheProperties settings, Clock clock) {
        return new CachingRouting(new SharedAnswers(settings.size()), settings, clock);
    }
}
