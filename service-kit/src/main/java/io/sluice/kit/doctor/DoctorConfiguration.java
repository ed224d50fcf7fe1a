package io.sluice.kit.doctor;

import java.time.Clock;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** What every service with a database has to be asked. */
@AutoConfiguration(afterName = "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration")
@ConditionalOnClass(ReactiveMongoTemplate.class)
@ConditionalOnBean(type = "org.springframework.data.mongodb.core.ReactiveMongoTemplate")
public class DoctorConfiguration {

    @Bean
    @Lazy
    Diagnosis databaseDiagnosis(ReactiveMongoTemplate mongo, ListableBeanFactory beans, Clock clock) {
        return new DatabaseDiagnosis(mongo, beans, clock);
    }
}
