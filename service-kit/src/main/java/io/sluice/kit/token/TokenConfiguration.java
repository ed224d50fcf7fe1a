package io.sluice.kit.token;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.mongo.MongoConfiguration;
import java.time.Clock;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whom this process believes: auth-service for users, the others for themselves. A service with a database also gets
 * keys of its own to sign with.
 */
@AutoConfiguration(
        after = MongoConfiguration.class,
        afterName = "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration")
public class TokenConfiguration {

    private static final String AUTH_SERVICE = "auth-service";
    private static final String DATASET_SERVICE = "dataset-service";
    private static final String ITEM_SERVICE = "item-service";

    @Bean
    TokenVerifier tokenVerifier(
            ServiceClients clients, @Value("${spring.application.name}") String self, JsonMapper json, Clock clock) {
        return new TokenVerifier(
                Map.of(
                        AUTH_SERVICE, issuer(clients, AUTH_SERVICE, clock, false),
                        DATASET_SERVICE, issuer(clients, DATASET_SERVICE, clock, true),
                        ITEM_SERVICE, issuer(clients, ITEM_SERVICE, clock, true)),
                self,
                json,
                clock);
    }

    private static TokenVerifier.Issuer issuer(ServiceClients clients, String name, Clock clock, boolean isService) {
        return new TokenVerifier.Issuer(new KeySet(clients.anonymous(name, KeyController.PATH), clock), isService);
    }

    /** Only where there is a database to publish the public keys in. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ReactiveMongoTemplate.class)
    @ConditionalOnBean(type = "org.springframework.data.mongodb.core.ReactiveMongoTemplate")
    @Import(KeyController.class)
    static class Signing {

        @Bean
        SigningKeys signingKeys(
                @Value("${spring.application.name}") String self, ReactiveMongoTemplate mongo, Clock clock) {
            return new SigningKeys(self, mongo, clock);
        }

        @Bean
        ServiceTokens serviceTokens(@Value("${spring.application.name}") String self, SigningKeys keys) {
            return new ServiceTokens(self, keys);
        }
    }
}
