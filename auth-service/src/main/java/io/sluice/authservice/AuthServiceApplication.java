package io.sluice.authservice;

import io.sluice.kit.doctor.Doctor;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Starts the auth-service on its own; its settings are in {@code auth-service.yml}. */
@SpringBootApplication
@OpenAPIDefinition(
        info = @Info(title = "Sluice: users and sign-in", version = "v1"),
        security = @SecurityRequirement(name = "bearer"))
@SecurityScheme(name = "bearer", type = SecuritySchemeType.HTTP, scheme = "bearer", bearerFormat = "JWT")
public class AuthServiceApplication {

    /** With {@code doctor} as its first argument it looks at what it would need, and ends. */
    public static void main(String[] args) {
        if (Doctor.isWanted(args)) {
            System.exit(Doctor.main(AuthServiceApplication.class, "auth-service", args));
        }
        new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service")
                .run(args);
    }
}
