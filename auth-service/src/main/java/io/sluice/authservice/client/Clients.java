package io.sluice.authservice.client;

import jakarta.validation.Valid;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The programs that people may sign in with.
 *
 * @param clients OAuth clients; by default one for programs on the computer of whoever signs in
 * @param callbacks where {@code /login} may send people with their tokens besides their own computer, compared character
 *     by character; default none
 */
@Validated
@ConfigurationProperties("auth-service.oauth")
public record Clients(
        @DefaultValue List<@Valid Client> clients,
        @DefaultValue List<String> callbacks) {

    public Clients {
        clients = List.copyOf(clients);
        callbacks = List.copyOf(callbacks);
    }

    /** The client of that id; empty when none is registered. */
    public Optional<Client> find(String id) {
        return clients.stream().filter(client -> client.id().equals(id)).findFirst();
    }

    /** Whether {@code /login} may send people there with their tokens. */
    public boolean mayCallBack(String address) {
        return callbacks.contains(address) || Loopback.parse(address).isPresent();
    }
}
