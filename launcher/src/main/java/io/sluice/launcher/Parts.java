package io.sluice.launcher;

import io.sluice.authservice.AuthServiceApplication;
import io.sluice.datasetservice.DatasetServiceApplication;
import io.sluice.gateway.GatewayApplication;
import io.sluice.itemservice.ItemServiceApplication;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The table of what runs, with the settings that only the launcher can know.
 *
 * @param options what the person chose
 * @param mongodbUri the database
 * @param ports a free port for each service, by its name
 */
record Parts(LaunchOptions options, String mongodbUri, Map<String, Integer> ports) {

    static final List<String> SERVICES = List.of("auth-service", "dataset-service", "item-service");

    /**
     * What the one class path would switch on in the gateway, which has no database. A name that is on no class path is
     * passed over in silence; a test checks these.
     */
    static final List<String> NOT_IN_GATEWAY = List.of(
            "org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration",
            "org.springframework.boot.mongodb.autoconfigure.health.MongoReactiveHealthContributorAutoConfiguration",
            "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration",
            "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveRepositoriesAutoConfiguration",
            "io.sluice.kit.mongo.MongoConfiguration");

    private static final String LOOPBACK = "127.0.0.1";

    /** The services, then the gateway. */
    List<Part> all() {
        return List.of(
                service(
                        "auth-service",
                        AuthServiceApplication.class,
                        Map.of("auth-service.administrator.email", options.adminEmail()),
                        Map.of(
                                "auth-service.administrator.password-file",
                                options.passwordFile().toString()),
                        given(
                                "auth-service.administrator.password",
                                options.adminPassword().orElse(""))),
                service("dataset-service", DatasetServiceApplication.class),
                service(
                        "item-service",
                        ItemServiceApplication.class,
                        Map.of("item-service.blobs", "file:" + options.blobs())),
                part(
                        "gateway",
                        GatewayApplication.class,
                        Map.of("server.address", options.host()),
                        Map.of("server.port", Integer.toString(options.port())),
                        Map.of("spring.autoconfigure.exclude", String.join(",", NOT_IN_GATEWAY))));
    }

    @SafeVarargs
    private Part service(String name, Class<?> application, Map<String, String>... settings) {
        Map<String, String> asService = Map.of(
                "server.address",
                LOOPBACK,
                "server.port",
                String.valueOf(ports.get(name)),
                "spring.mongodb.uri",
                mongodbUri,
                "spring.cloud.gateway.server.webflux.enabled",
                "false");
        return part(
                name,
                application,
                Stream.concat(Stream.of(asService), Stream.of(settings)).<Map<String, String>>toArray(Map[]::new));
    }

    @SafeVarargs
    private Part part(String name, Class<?> application, Map<String, String>... settings) {
        Map<String, String> all = new HashMap<>();
        all.put("spring.config.name", name);
        all.put("spring.config.location", "classpath:/");
        all.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
        ports.forEach((service, port) -> all.put(
                "sluice.services." + service,
                URI.create("http://" + LOOPBACK + ":" + port).toString()));
        all.putAll(given(
                "sluice.public-url", options.publicUrl().map(URI::toString).orElse("")));
        Stream.of(settings).forEach(all::putAll);
        return new Part(name, application, Map.copyOf(all));
    }

    private static Map<String, String> given(String setting, String value) {
        return value.isEmpty() ? Map.of() : Map.of(setting, value);
    }
}
