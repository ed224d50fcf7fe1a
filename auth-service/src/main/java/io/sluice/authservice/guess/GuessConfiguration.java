package io.sluice.authservice.guess;

import io.sluice.kit.mongo.Indexes.Index;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort;

/** What counting wrong passwords needs around it. */
@Configuration(proxyBeanMethods = false)
class GuessConfiguration {

    /** Sweeps counts that are over; optional, because an old count is not believed whether it is swept or not. */
    @Bean
    Index guessExpiry() {
        var expiry = new org.springframework.data.mongodb.core.index.Index("expiresAt", Sort.Direction.ASC).expire(0);
        return Index.optional(Attempts.class, expiry);
    }
}
