package io.sluice.authservice.session;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import io.sluice.kit.mongo.Indexes;
import io.sluice.kit.mongo.Indexes.Index;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** What signing in needs around it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SessionProperties.class)
class SessionConfiguration {

    /** Who has no token yet must be able to get one, and anybody may check one. */
    @Bean
    PublicPaths publicPaths() {
        return new PublicPaths(List.of(TokenController.PATH, JwksController.PATH));
    }

    /** Sweeps sessions that are over; optional, because an expired session is refused whether it is swept or not. */
    @Bean
    Index sessionExpiry() {
        var expiry = new org.springframework.data.mongodb.core.index.Index("expiresAt", Sort.Direction.ASC).expire(0);
        return Index.optional(Session.class, expiry);
    }

    /** Makes the indexes that the features ask for, each by a bean of its own. */
    @Bean
    Indexes indexes(ReactiveMongoTemplate mongo, List<Index> wanted) {
        return new Indexes(mongo, wanted.toArray(Index[]::new));
    }
}
