package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.database.DatabaseChoice;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a person may choose at the start. An option of the command line wins over the environment; an empty variable
 * counts as one that is not set.
 *
 * @param host {@code --host}: the address the gate listens on; default 127.0.0.1, so only this machine reaches it
 * @param port {@code --port} or {@code SLUICE_PORT}: the gate's port, 1–65535; default 8080
 * @param data {@code --data} or {@code SLUICE_DATA}: the folder everything is kept in; default {@code ./data}
 * @param mongod {@code --mongod}: the MongoDB server program to run on the data folder
 * @param embedded {@code --embedded}: use the embedded database though there is a mongod on the PATH
 * @param convert {@code --convert}: move what an embedded database holds to the {@code mongod}, then use that
 * @param mongodbUri {@code SLUICE_MONGODB_URI}: a MongoDB that runs already, to be used instead of one started here
 * @param blobs {@code SLUICE_BLOBS}: where bytes are kept, {@code file:} and a path, or {@code s3://bucket/prefix}; default
 *     {@code blobs} in the data folder
 * @param publicUrl {@code SLUICE_PUBLIC_URL}: what links in replies start with; default: from the request
 * @param adminEmail {@code SLUICE_ADMIN_EMAIL}: the first administrator; default {@code admin@sluice.local}
 * @param adminPassword {@code SLUICE_ADMIN_PASSWORD}: the first administrator's password; generated when not set
 * @param metricsPort {@code SLUICE_METRICS_PORT}: where figures are served to this machine, for Prometheus; default nowhere
 */
record LaunchOptions(
        String host,
        int port,
        Path data,
        Optional<Path> mongod,
        boolean embedded,
        boolean convert,
        Optional<String> mongodbUri,
        URI blobs,
        Optional<URI> publicUrl,
        String adminEmail,
        Optional<String> adminPassword,
        Optional<Integer> metricsPort) {

    private static final Set<String> WITHOUT_VALUE = Set.of("--embedded", "--convert");
    private static final Set<String> WITH_VALUE = Set.of("--host", "--port", "--data", "--mongod");

    /**
     * Reads the command line and the environment.
     *
     * @param folder what relative paths start from
     * @throws StartFailure for an unknown option and for a value that cannot be used
     */
    static LaunchOptions parse(List<String> arguments, Map<String, String> environment, Path folder) {
        Choices choices = new Choices(options(arguments), environment, folder);
        Path data = choices.path("--data", "SLUICE_DATA").orElse(folder.resolve("data"));
        LaunchOptions options = new LaunchOptions(
                choices.text("--host", "").orElse("127.0.0.1"),
                choices.port("--port", "SLUICE_PORT").orElse(8080),
                data,
                choices.path("--mongod", ""),
                choices.isGiven("--embedded"),
                choices.isGiven("--convert"),
                choices.text("", "SLUICE_MONGODB_URI"),
                choices.blobs("", "SLUICE_BLOBS")
                        .orElseGet(() -> data.resolve("blobs").toAbsolutePath().toUri()),
                choices.webAddress("SLUICE_PUBLIC_URL"),
                choices.text("", "SLUICE_ADMIN_EMAIL").orElse("admin@sluice.local"),
                choices.text("", "SLUICE_ADMIN_PASSWORD"),
                choices.port("", "SLUICE_METRICS_PORT"));
        if (options.embedded && (options.mongod.isPresent() || options.convert)) {
            throw new StartFailure("--embedded goes neither with --mongod nor with --convert.");
        }
        return options;
    }

    /** Where a person on this machine reaches the gate. */
    URI gate() {
        boolean anyAddress = host.equals("0.0.0.0") || host.equals("::");
        String name = anyAddress ? "127.0.0.1" : host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + name + ":" + port);
    }

    /** Which database is to be used, given the PATH. */
    DatabaseChoice database(String searchPath) {
        return new DatabaseChoice(mongodbUri, mongod, embedded, convert, searchPath);
    }

    /** Where a generated administrator's password lies. */
    Path passwordFile() {
        return data.resolve("admin-password");
    }

    /** Where the secret lies that the signing keys are encrypted with. */
    Path signingSecretFile() {
        return data.resolve("signing-secret");
    }

    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new HashMap<>();
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String[] parts = left.pop().split("=", 2);
            String name = parts[0];
            String value = "";
            if (WITH_VALUE.contains(name)) {
                value = parts.length == 2 ? parts[1] : left.isEmpty() ? "" : left.pop();
                if (value.isEmpty()) {
                    throw new StartFailure(name + " needs a value; see ./sluice help.");
                }
            } else if (!WITHOUT_VALUE.contains(name) || parts.length == 2) {
                throw new StartFailure("Unknown option " + String.join("=", parts) + "; see ./sluice help.");
            }
            if (options.put(name, value) != null) {
                throw new StartFailure(name + " is given twice.");
            }
        }
        return options;
    }
}
