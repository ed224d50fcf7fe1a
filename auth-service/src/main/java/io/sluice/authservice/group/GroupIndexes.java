package io.sluice.authservice.group;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class GroupIndexes {

    @Bean
    Indexes.Index groupOrganizationIndex() {
        return Indexes.Index.optional(Group.class, new Index("organizationId", Direction.ASC));
    }

    @Bean
    Indexes.Index groupMemberIndex() {
        return Indexes.Index.optional(Group.class, new Index("members", Direction.ASC));
    }

    @Bean
    Indexes.Index groupSubgroupIndex() {
        return Indexes.Index.optional(Group.class, new Index("subgroups", Direction.ASC));
    }
}
