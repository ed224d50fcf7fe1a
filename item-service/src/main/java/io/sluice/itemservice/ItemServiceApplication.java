package io.sluice.itemservice;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the item-service on its own; its settings are in {@code item-service.yml}. */
@SpringBootApplication
@EnableScheduling
public class ItemServiceApplication {

    public static void main(String[] args) {
        new SpringApplicationBuilder(ItemServiceApplication.class)
                .properties("spring.config.name=item-service")
                .run(args);
    }
}
