package io.sluice.kit.replica;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;

/** Where the other services are, by the name servers. */
@AutoConfiguration
@EnableConfigurationProperties(ReplicaProperties.class)
public class ReplicaConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Names names(ReactorResourceFactory resources) {
        return new DnsNames(resources.getLoopResources());
    }

    @Bean
    Peers peers(ReplicaProperties settings, Names names) {
        return new Peers(settings, names);
    }
}
