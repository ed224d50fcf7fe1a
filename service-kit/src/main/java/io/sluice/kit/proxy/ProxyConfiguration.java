package io.sluice.kit.proxy;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Reads what proxies say, once, for everything behind. */
@AutoConfiguration
public class ProxyConfiguration {

    /** A service hears of the client from the gateway, which believes only those whom its setting names. */
    @Bean
    @ConditionalOnMissingBean
    TrustedProxies trustedProxies() {
        return TrustedProxies.gatewayOnly();
    }

    @Bean
    ForwardedRequests forwardedRequests(TrustedProxies trusted) {
        return new ForwardedRequests(trusted);
    }
}
