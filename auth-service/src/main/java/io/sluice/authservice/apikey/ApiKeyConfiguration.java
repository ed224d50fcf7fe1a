package io.sluice.authservice.apikey;

import io.sluice.kit.mongo.Indexes.Index;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort;

/** The indexes of the keys. */
@Configuration(proxyBeanMethods = false)
class ApiKeyConfiguration {

    /** Required, because the number of keys that a user may have depends on it. */
    @Bean
    Index oneKeyInASlot() {
        var slot = new org.springframework.data.mongodb.core.index.Index("slot", Sort.Direction.ASC).unique();
        return Index.required(ApiKey.class, slot);
    }

    @Bean
    Index keysOfUser() {
        return Index.optional(
                ApiKey.class, new org.springframework.data.mongodb.core.index.Index("userId", Sort.Direction.ASC));
    }
}
