package io.sluice.kit.token;

import io.sluice.kit.mongo.MongoConfiguration;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** A service with a database signs with keys of its own; without one it could not publish their public halves. */
@AutoConfiguration(
        after = MongoConfiguration.class,
        afterName = "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration")
@ConditionalOnClass(ReactiveMongoTemplate.class)
@ConditionalOnBean(type = "org.springframework.data.mongodb.core.ReactiveMongoTemplate")
@Import(KeyController.class)
public class TokenConfiguration {

    @Bean
    @ConditionalOnMissingBean
    KeyPairs keyPairs() {
        return KeyPairs.ellipticCurve();
    }

    /** In the memory of this process; a service that keeps its keys has a bean of its own. */
    @Bean
    @ConditionalOnMissingBean
    SigningKeys signingKeys(
            @Value("${spring.application.name}") String self,
            ReactiveMongoTemplate mongo,
            Clock clock,
            KeyPairs pairs) {
        return new SigningKeys(self, mongo, clock, pairs);
    }

    @Bean
    ServiceTokens serviceTokens(@Value("${spring.application.name}") String self, SigningKeys keys) {
        return new ServiceTokens(self, keys);
    }
}
