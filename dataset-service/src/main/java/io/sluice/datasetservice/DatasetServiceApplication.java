package io.sluice.datasetservice;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the dataset-service on its own; its settings are in {@code dataset-service.yml}. */
@SpringBootApplication
public class DatasetServiceApplication {

    public static void main(String[] args) {
        new SpringApplicationBuilder(DatasetServiceApplication.class)
                .properties("spring.config.name=dataset-service")
                .run(args);
    }
}
