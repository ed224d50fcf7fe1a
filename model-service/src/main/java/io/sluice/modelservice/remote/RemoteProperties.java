package io.sluice.modelservice.remote;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Other servers that run models. How long a request may take and how large its tensors may be is said at
 * {@code model-service.runtime}.
 *
 * @param servers by the names under which models' configurations may name them; none by default
 * @param connections to each server, as many requests are under way there at once; 1 to 1,000, default 32
 * @param queue as many more requests wait for a connection, of all that are under way or wait at most half of one project;
 *     0 to 10,000, default 256
 * @param connect how long a connection may take; 1 ms or more, default 2 s
 * @param answers that all answers that are being read may take together; 1 MB or more, default 256 MB
 * @param remembered how long what a server says of a model counts before it is asked again; default 1 min
 */
@ConfigurationProperties("model-service.remote")
public record RemoteProperties(
        @DefaultValue Map<String, Server> servers,
        @DefaultValue("32") int connections,
        @DefaultValue("256") int queue,
        @DefaultValue("2s") Duration connect,
        @DefaultValue("256MB") DataSize answers,
        @DefaultValue("1m") Duration remembered) {

    public RemoteProperties {
        servers = Map.copyOf(servers);
        for (String name : servers.keySet()) {
            require(name.matches("[a-z0-9][a-z0-9-]{0,62}"), "servers: " + name, "must be named by a-z, 0-9 and -");
        }
        require(connections >= 1 && connections <= 1_000, "connections", "must be 1 to 1000");
        require(queue >= 0 && queue <= 10_000, "queue", "must be 0 to 10000");
        require(connect.toMillis() >= 1, "connect", "must be 1ms or more");
        require(answers.toMegabytes() >= 1, "answers", "must be 1MB or more");
        require(!remembered.isNegative(), "remembered", "must be 0 or more");
    }

    private static void require(boolean isRight, String setting, String problem) {
        if (!isRight) {
            throw new IllegalArgumentException("model-service.remote." + setting + " " + problem);
        }
    }

    /**
     * A server.
     *
     * @param url what comes before {@code /v2}: http or https, perhaps with a path; no user, query or fragment
     * @param token that the server is shown as {@code Authorization: Bearer}; null for none
     * @param privateNetwork whether its name may stand for an address of this machine or of a private network; without it such
     *     an address is refused whenever a connection is made. Addresses that are link-local are refused in any case
     * @param projects the ids of the projects whose models may name it; all when there are none
     */
    public record Server(
            URI url,
            @Nullable String token,
            @DefaultValue("false") boolean privateNetwork,
            @DefaultValue List<String> projects) {

        public Server {
            projects = List.copyOf(projects);
            url = URI.create(url.toString().replaceFirst("/+$", ""));
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            require(
                    (scheme.equals("http") || scheme.equals("https"))
                            && url.getHost() != null
                            && url.getRawUserInfo() == null
                            && url.getRawQuery() == null
                            && url.getRawFragment() == null,
                    "servers: a url",
                    "must be http or https with a host, and have no user, query or fragment");
            require(
                    token == null || privateNetwork || scheme.equals("https"),
                    "servers: a token",
                    "must not be sent over http but in a private-network");
        }

        /** Whether models of that project may name it. */
        boolean isFor(String projectId) {
            return projects.isEmpty() || projects.contains(projectId);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Server[" + url + "]";
        }
    }
}
