package io.sluice.modelservice.remote;

import io.sluice.modelservice.remote.RemoteProperties.Server;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The other servers that models may be run on. */
@Component
public class RemoteServers {

    private final RemoteProperties properties;

    RemoteServers(RemoteProperties properties) {
        this.properties = properties;
    }

    /** Whether models of that project may name that server. */
    public boolean isFor(String projectId, String server) {
        return find(projectId, server).isPresent();
    }

    /** A server that is not for the project is as good as none. */
    Optional<Server> find(String projectId, String server) {
        return Optional.ofNullable(properties.servers().get(server)).filter(found -> found.isFor(projectId));
    }

    /** The names of those that models of the project may name. */
    public List<String> namesFor(String projectId) {
        return properties.servers().keySet().stream()
                .filter(name -> isFor(projectId, name))
                .sorted()
                .toList();
    }
}
