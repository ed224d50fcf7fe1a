package io.sluice.authservice.org;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class OrganizationIndexes {

    @Bean
    Indexes.Index organizationMemberIndex() {
        return Indexes.Index.optional(Organization.class, new Index("members.email", Direction.ASC));
    }
}
