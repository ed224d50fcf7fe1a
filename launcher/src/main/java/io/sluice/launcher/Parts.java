package io.sluice.launcher;

import io.sluice.authservice.AuthServiceApplication;
import io.sluice.datasetservice.DatasetServiceApplication;
import io.sluice.gateway.GatewayApplication;
import io.sluice.itemservice.ItemServiceApplication;
import io.sluice.modelservice.ModelServiceApplication;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The table of what runs, with the settings that only the launcher can know.
 *
 * @param options what the person chose
 * @param mongodbUri the database
 * @param ports a free port for each service, by its name
 */
record Parts(LaunchOptions options, String mongodbUri, Map<String, Integer> ports) {

    static final List<String> SERVICES = List.of("auth-service", "dataset-service", "item-service", "model-service");

    private static final List<String> OF_THE_JVM = List.of("jvm", "process", "system", "logback", "disk", "executor");
    private static final String LOOPBACK = "127.0.0.1";

    /** The services, then the gateway. Each row: name, application, what only it gets. */
    List<Part> all() {
        return List.of(
                service(
                        "auth-service",
                        AuthServiceApplication.class,
                        "auth-service.administrator.email=" + options.adminEmail(),
                        "auth-service.administrator.password="
                                + options.adminPassword().orElse(""),
                        "auth-service.administrator.password-file=" + options.passwordFile(),
                        "auth-service.signing-keys.secret-file=" + options.signingSecretFile()),
                service("dataset-service", DatasetServiceApplication.class),
                service("item-service", ItemServiceApplication.class, "item-service.blobs=" + options.blobs()),
                service(
                        "model-service",
                        ModelServiceApplication.class,
                        "model-service.files.folder=" + options.data().resolve("models")),
                part(
                        "gateway",
                        GatewayApplication.class,
                        "server.address=" + options.host(),
                        "server.port=" + options.port()));
    }

    private Part service(String name, Class<?> application, String... own) {
        List<String> settings = new ArrayList<>(List.of(
                "server.address=" + LOOPBACK,
                "server.port=" + ports.get(name),
                "spring.mongodb.uri=" + mongodbUri,
                "spring.cloud.gateway.server.webflux.enabled=false"));
        // There is one JVM; the gateway tells of it.
        OF_THE_JVM.forEach(figures -> settings.add("management.metrics.enable." + figures + "=false"));
        settings.addAll(List.of(own));
        return part(name, application, settings.toArray(String[]::new));
    }

    private Part part(String name, Class<?> application, String... own) {
        List<String> settings = new ArrayList<>(List.of(
                "spring.config.name=" + name,
                "spring.config.location=classpath:/",
                "spring.lifecycle.timeout-per-shutdown-phase=10s",
                // Kept by each, and served for all by the launcher.
                "sluice.metrics.port=" + options.metricsPort().map(port -> "0").orElse(""),
                "sluice.public-url=" + options.publicUrl().map(URI::toString).orElse("")));
        ports.forEach(
                (service, port) -> settings.add("sluice.services." + service + "=http://" + LOOPBACK + ":" + port));
        settings.addAll(List.of(own));
        return new Part(name, application, List.copyOf(settings));
    }
}
