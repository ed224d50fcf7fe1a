package io.sluice.authservice.bot;

import io.sluice.kit.mongo.Indexes.Index;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort;

/** The index of the bots. */
@Configuration(proxyBeanMethods = false)
class BotConfiguration {

    @Bean
    Index botsOfProject() {
        return Index.optional(
                Bot.class, new org.springframework.data.mongodb.core.index.Index("projectId", Sort.Direction.ASC));
    }
}
