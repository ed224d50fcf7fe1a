package io.sluice.authservice.audit;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class AuditIndexes {

    /** Without it an event that is sent by two at the same moment could be entered twice. */
    @Bean
    Indexes.Index auditEventIndex() {
        return Indexes.Index.required(AuditRecord.class, new Index("eventId", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index auditOrganizationIndex() {
        return Indexes.Index.optional(
                AuditRecord.class, new Index("event.organizationId", Direction.ASC).on("_id", Direction.DESC));
    }

    @Bean
    Indexes.Index auditProjectIndex() {
        return Indexes.Index.optional(
                AuditRecord.class, new Index("event.projectId", Direction.ASC).on("_id", Direction.DESC));
    }

    @Bean
    Indexes.Index auditUserIndex() {
        return Indexes.Index.optional(
                AuditRecord.class, new Index("event.user", Direction.ASC).on("_id", Direction.DESC));
    }

    @Bean
    Indexes.Index auditTimeIndex() {
        return Indexes.Index.optional(AuditRecord.class, new Index("event.time", Direction.ASC));
    }
}
