package io.sluice.kit.client;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the other services answer, by name: {@code sluice.services.item-service=http://item-service:8080}.
 *
 * @param services base addresses; a service that is not named is looked for on this machine, on the port it has when it
 *     is started alone
 */
@ConfigurationProperties("sluice")
public record ServiceAddresses(Map<String, String> services) {

    private static final Map<String, String> ALONE = Map.of(
            "auth-service", "http://127.0.0.1:8081",
            "dataset-service", "http://127.0.0.1:8082",
            "item-service", "http://127.0.0.1:8083",
            "model-service", "http://127.0.0.1:8084");

    public ServiceAddresses {
        Map<String, String> complete = new HashMap<>(ALONE);
        if (services != null) {
            // From the environment, SLUICE_SERVICES_ITEM_SERVICE arrives as "item.service": only as strings, because
            // Spring looks for nested objects behind the dot otherwise.
            services.forEach((name, address) ->
                    complete.put(name.replace('.', '-'), URI.create(address).toString()));
        }
        services = Map.copyOf(complete);
    }

    /** The base address of a service; {@link IllegalArgumentException} for a name nobody has. */
    public URI of(String service) {
        String address = services.get(service);
        if (address == null) {
            throw new IllegalArgumentException("No service " + service);
        }
        return URI.create(address);
    }
}
