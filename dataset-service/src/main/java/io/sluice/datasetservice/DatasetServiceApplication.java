package io.sluice.datasetservice;

import io.sluice.kit.doctor.Doctor;
import io.sluice.kit.mongo.Indexes;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the dataset-service on its own; its settings are in {@code dataset-service.yml}. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class DatasetServiceApplication {

    /** With {@code doctor} as its first argument it looks at what it would need, and ends. */
    public static void main(String[] args) {
        if (Doctor.isWanted(args)) {
            System.exit(Doctor.main(DatasetServiceApplication.class, "dataset-service", args));
        }
        new SpringApplicationBuilder(DatasetServiceApplication.class)
                .properties("spring.config.name=dataset-service")
                .run(args);
    }

    /** All indexes that the features declare. */
    @Bean
    Indexes indexes(ReactiveMongoTemplate mongo, List<Indexes.Index> declared) {
        return new Indexes(mongo, declared.toArray(Indexes.Index[]::new));
    }
}
