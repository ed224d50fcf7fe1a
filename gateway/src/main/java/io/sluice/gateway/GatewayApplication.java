package io.sluice.gateway;

import io.sluice.kit.doctor.Doctor;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the gateway on its own; its routes and settings are in {@code gateway.yml}. */
@SpringBootApplication
public class GatewayApplication {

    /** With {@code doctor} as its first argument it looks at what it would need, and ends. */
    public static void main(String[] args) {
        if (Doctor.isWanted(args)) {
            System.exit(Doctor.main(GatewayApplication.class, "gateway", args));
        }
        new SpringApplicationBuilder(GatewayApplication.class)
                .properties("spring.config.name=gateway")
                .run(args);
    }
}
