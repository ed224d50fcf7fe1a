package io.sluice.authservice;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the auth-service on its own; its settings are in {@code auth-service.yml}. */
@SpringBootApplication
public class AuthServiceApplication {

    public static void main(String[] args) {
        new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service")
                .run(args);
    }
}
