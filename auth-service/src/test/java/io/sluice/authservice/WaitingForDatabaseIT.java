package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import io.sluice.kit.testing.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/** A database that comes up after the service. */
class WaitingForDatabaseIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @Test
    void isReadyOnlyAfterTheDatabaseIsThere(@TempDir Path folder) {
        int databasePort = FreePort.find();
        int port = FreePort.find();
        AuthClient auth = AuthClient.of(port);
        MongoServer database = new MongoServer(H2Backend.inMemory());
        try (ConfigurableApplicationContext service = new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service")
                .run(
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--spring.mongodb.uri=mongodb://127.0.0.1:" + databasePort,
                        // The library does not know what this one asks the database.
                        "--management.health.mongodb.enabled=false",
                        "--auth-service.administrator.password-file=" + folder.resolve("admin-password"))) {
            assertThat(service.isActive()).isTrue();
            assertThat(readiness(auth)).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);

            database.bind("127.0.0.1", databasePort);

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(readiness(auth)).isEqualTo(HttpStatus.OK));
            assertThat(folder.resolve("admin-password")).isNotEmptyFile();
        } finally {
            database.shutdownNow();
        }
    }

    private static HttpStatusCode readiness(AuthClient auth) {
        return auth.http()
                .get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectBody()
                .returnResult()
                .getStatus();
    }
}
