package io.sluice.modelservice;

import io.sluice.kit.doctor.Doctor;
import io.sluice.kit.mongo.Indexes;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the model-service on its own; its settings are in {@code model-service.yml}. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class ModelServiceApplication {

    /** With {@code doctor} as its first argument it looks at what it would need, and ends. */
    public static void main(String[] args) {
        if (Doctor.isWanted(args)) {
            System.exit(Doctor.main(ModelServiceApplication.class, "model-service", args));
        }
        new SpringApplicationBuilder(ModelServiceApplication.class)
                .properties("spring.config.name=model-service")
                .run(args);
    }

    /** All indexes that the features declare. */
    @Bean
    Indexes indexes(ReactiveMongoTemplate mongo, List<Indexes.Index> declared) {
        return new Indexes(mongo, declared.toArray(Indexes.Index[]::new));
    }
}
