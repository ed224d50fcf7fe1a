package io.sluice.kit.query;

import io.sluice.kit.limit.Limits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For services that answer queries; they import it. The others must not tell limits that they do not keep. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueryLimits.class)
public class QueryConfiguration {

    @Bean
    QueryParser queryParser(QueryLimits limits) {
        return new QueryParser(limits);
    }

    @Bean
    Limits limitsOfEveryQuery(QueryLimits limits) {
        return limits.told();
    }
}
