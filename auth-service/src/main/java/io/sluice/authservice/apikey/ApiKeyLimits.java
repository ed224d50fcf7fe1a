package io.sluice.authservice.apikey;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How many API keys somebody may have, and for how long. */
@Configuration(proxyBeanMethods = false)
class ApiKeyLimits {

    @Bean
    Limits limitsOfApiKeys() {
        return Limits.of(
                Limit.entries("api-keys", ApiKey.MOST, "The API keys of a user"),
                Limit.time("api-key-life", NewApiKey.LONGEST_LIFE, "How long an API key is good for"),
                Limit.time(
                        "api-key-life-default",
                        NewApiKey.DEFAULT_LIFE,
                        "How long an API key is good for when the request does not say how long"));
    }
}
