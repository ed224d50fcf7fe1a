package io.sluice.launcher.database;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * The only user of a {@code mongod} that was started here: other people on the machine can reach its port, but not its
 * data. The password is generated at the first start and kept in the data folder.
 */
record MongodUser(DataFolder data) {

    private static final String NAME = "sluice";
    private static final String NOTE = "mongod-password";
    private static final int PATIENCE_SECONDS = 30;

    /** Makes the user if there is none yet. Answers with the connection string. */
    String signIn(int port) {
        String password = password();
        String uri = "mongodb://%s:%s@127.0.0.1:%d/?authSource=admin".formatted(NAME, password, port);
        try {
            try {
                run(uri, new Document("ping", 1));
            } catch (MongoSecurityException noSuchUser) {
                // A server without users lets this one command through, from its own machine.
                run(
                        "mongodb://127.0.0.1:" + port,
                        new Document("createUser", NAME).append("pwd", password).append("roles", List.of("root")));
            }
            return uri;
        } catch (MongoCommandException e) {
            throw new StartFailure(
                    "The password in " + data.resolve(NOTE) + " is not the one of the database in "
                            + data.resolve("mongod") + "; put back the file that belongs to it.",
                    e);
        } catch (MongoException e) {
            throw new StartFailure("mongod does not answer: " + e.getMessage(), e);
        }
    }

    private String password() {
        String kept = data.note(NOTE);
        if (!kept.isEmpty()) {
            return kept;
        }
        byte[] secret = new byte[24];
        new SecureRandom().nextBytes(secret);
        String password = HexFormat.of().formatHex(secret);
        // Kept first: a user whose password is lost could never be used again.
        data.keepNote(NOTE, password);
        return password;
    }

    private static void run(String uri, Document command) {
        try (MongoClient client = MongoClients.create(uri)) {
            Waiting.until(
                    Mono.from(client.getDatabase("admin").runCommand(command)), PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }
}
