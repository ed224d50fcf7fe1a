package io.sluice.kit.idempotency;

import io.sluice.kit.mongo.Indexes;
import io.sluice.kit.token.TokenConfiguration;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.Index;
import org.springframework.web.server.WebExceptionHandler;

/** A service with a database keeps there what it has answered to requests with a key. */
@AutoConfiguration(after = TokenConfiguration.class)
@ConditionalOnClass(ReactiveMongoTemplate.class)
@ConditionalOnBean(type = "org.springframework.data.mongodb.core.ReactiveMongoTemplate")
public class IdempotencyConfiguration {

    @Bean
    KeyUses keyUses(ReactiveMongoTemplate mongo, Clock clock) {
        return new KeyUses(mongo, clock);
    }

    @Bean
    IdempotencyFilter idempotencyFilter(KeyUses uses, ObjectProvider<WebExceptionHandler> problems) {
        return new IdempotencyFilter(uses, problems.orderedStream().toList());
    }

    /** Not what a service means by its indexes: without this one it answers just as well. */
    @Bean(defaultCandidate = false)
    Indexes keyExpiry(ReactiveMongoTemplate mongo) {
        Index expiry = new Index("expiresAt", Sort.Direction.ASC).expire(0);
        return new Indexes(mongo, Indexes.Index.optional(KeyUse.class, expiry));
    }
}
