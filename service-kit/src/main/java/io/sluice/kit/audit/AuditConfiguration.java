package io.sluice.kit.audit;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.mongo.MongoConfiguration;
import io.sluice.kit.token.ServiceTokens;
import io.sluice.kit.token.TokenConfiguration;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** A service with a database keeps its audit events there until auth-service, which owns the log, has them. */
@AutoConfiguration(after = {MongoConfiguration.class, TokenConfiguration.class})
@ConditionalOnClass(ReactiveMongoTemplate.class)
@ConditionalOnBean(ServiceTokens.class)
public class AuditConfiguration {

    private static final String AUTH_SERVICE = "auth-service";

    @Bean
    @ConditionalOnMissingBean
    AuditDelivery auditDelivery(ServiceClients clients, ServiceTokens tokens) {
        WebClient log = clients.asService(AUTH_SERVICE, tokens::forService);
        return events -> log.post()
                .uri("/internal/audit")
                .bodyValue(events)
                .retrieve()
                .toBodilessEntity()
                .then();
    }

    @Bean
    AuditOutbox auditOutbox(ReactiveMongoTemplate mongo, AuditDelivery delivery, Clock clock) {
        return new AuditOutbox(mongo, delivery, clock);
    }

    @Bean
    AuditFilter auditFilter(@Value("${spring.application.name}") String self, AuditOutbox outbox, Clock clock) {
        return new AuditFilter(self, outbox, clock);
    }

    @Bean
    RecordedDocuments recordedDocuments() {
        return new RecordedDocuments();
    }
}
