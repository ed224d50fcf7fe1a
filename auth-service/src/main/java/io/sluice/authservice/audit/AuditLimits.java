package io.sluice.authservice.audit;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How far back one page of the audit log reaches, and how long looking may take. */
@Configuration(proxyBeanMethods = false)
class AuditLimits {

    @Bean
    Limits limitsOfAuditLog() {
        return Limits.of(
                Limit.entries(
                        "audit-skip", AuditLog.MOST_SKIPPED, "The events before a page; for older ones ask for a time"),
                Limit.entries("activities", AuditLog.MOST_ACTIVITIES, "The last changes of a project that are shown"),
                Limit.time("audit-query-time", AuditLog.LONGEST_SEARCH, "How long the database may look for events"));
    }
}
