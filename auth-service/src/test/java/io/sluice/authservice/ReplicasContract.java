package io.sluice.authservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.testing.FreePort;
import io.sluice.kit.testing.MongoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

/** Several processes of the service on one database, at once and one after another. */
abstract class ReplicasContract {

    private static final String ADMINISTRATOR = "admin@sluice.local";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final List<ConfigurableApplicationContext> running = new ArrayList<>();

    private String uri = "";
    private String database = "";

    @TempDir
    Path folder;

    private record Replica(ConfigurableApplicationContext context, AuthClient auth) {

        void awaitReady() {
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> auth.http()
                            .get()
                            .uri("/actuator/health/readiness")
                            .exchange()
                            .expectStatus()
                            .isOk());
        }
    }

    /** Each test has a database without an administrator. */
    @BeforeEach
    void newDatabase(MongoServer.Lease lease) {
        uri = lease.uri();
        database = lease.name() + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    @AfterEach
    void stopAll() {
        running.forEach(ConfigurableApplicationContext::close);
    }

    @Test
    void makeOneAdministratorWhenTheyStartAtOnce() throws IOException {
        Path oneFile = folder.resolve("one/admin-password");
        Path otherFile = folder.resolve("other/admin-password");

        startAtOnce(passwordFile(oneFile), passwordFile(otherFile));

        assertThat(administrators()).hasSize(1);
        assertThat(List.of(oneFile, otherFile)).filteredOn(Files::exists).hasSize(1);
        expectAllToLetIn(passwordIn(Files.exists(oneFile) ? oneFile : otherFile));
    }

    @Test
    void acceptEachOthersTokens() {
        Replica one = startReady("--auth-service.administrator.password=the given password");
        Replica other = startReady("--auth-service.administrator.password=the given password");

        String fromOne = one.auth().idToken(ADMINISTRATOR, "the given password");
        String fromOther = other.auth().idToken(ADMINISTRATOR, "the given password");

        other.auth().get("/api/v1/users/me", fromOne).expectStatus().isOk();
        one.auth().get("/api/v1/users/me", fromOther).expectStatus().isOk();
    }

    @Test
    void turnAwayWhoWasSignedOutAtTheOtherWithinFiveSeconds() {
        Replica one = startReady("--auth-service.administrator.password=the given password");
        Replica other = startReady("--auth-service.administrator.password=the given password");
        String token = one.auth().idToken(ADMINISTRATOR, "the given password");
        List<AuthClient> both = List.of(one.auth(), other.auth());
        both.forEach(auth -> auth.get("/api/v1/users/me", token).expectStatus().isOk());

        one.auth()
                .post(
                        "/api/v1/users/me/password",
                        token,
                        Map.of("oldPassword", "the given password", "newPassword", "another password"))
                .expectStatus()
                .isNoContent();

        await().atMost(Duration.ofSeconds(6))
                .untilAsserted(() -> both.forEach(auth ->
                        auth.get("/api/v1/users/me", token).expectStatus().isUnauthorized()));
        other.auth().signIn(ADMINISTRATOR, "another password").expectStatus().isOk();
    }

    @Test
    void acceptThePasswordAndTheTokensOfTheOneThatWasThereBefore() throws IOException {
        Path file = folder.resolve("admin-password");
        Replica before = startReady(passwordFile(file));
        String generated = passwordIn(file);
        var reply = before.auth().signedIn(ADMINISTRATOR, generated);
        before.context().close();

        Replica after = startReady(passwordFile(file));

        assertThat(passwordIn(file)).isEqualTo(generated);
        after.auth().signIn(ADMINISTRATOR, generated).expectStatus().isOk();
        after.auth()
                .get("/api/v1/users/me", reply.path("id_token").asString())
                .expectStatus()
                .isOk();
        after.auth()
                .refresh(reply.path("refresh_token").asString())
                .expectStatus()
                .isOk();
    }

    @Test
    void signWithOneKeyAsLongAsTheyShareASecret() throws IOException {
        Path secret = folder.resolve("signing-secret");
        String[] settings = {
            "--auth-service.administrator.password=the given password",
            "--auth-service.signing-keys.secret-file=" + secret
        };
        Replica one = startReady(settings);
        String before = one.auth().idToken(ADMINISTRATOR, "the given password");
        one.context().close();

        String after = startReady(settings).auth().idToken(ADMINISTRATOR, "the given password");

        assertThat(headerOf(after)).isEqualTo(headerOf(before));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
                .isEqualTo("rw-------");
    }

    @Test
    void doNotStartWithASecretThatIsNone() throws IOException {
        Path secret = Files.writeString(folder.resolve("signing-secret"), "too short\n");

        assertThatThrownBy(() -> start(
                        "--auth-service.administrator.password=the given password",
                        "--auth-service.signing-keys.secret-file=" + secret))
                .rootCause()
                .hasMessageContaining("auth-service.signing-keys.secret-file")
                .hasMessageNotContaining("too short");
    }

    /** It names the key. */
    private static String headerOf(String token) {
        return token.substring(0, token.indexOf('.'));
    }

    private void expectAllToLetIn(String password) {
        assertThat(running)
                .allSatisfy(context -> clientOf(context)
                        .signIn(ADMINISTRATOR, password)
                        .expectStatus()
                        .isOk());
    }

    private void startAtOnce(String... passwordFiles) {
        List<CompletableFuture<Replica>> starting = new ArrayList<>();
        for (String passwordFile : passwordFiles) {
            starting.add(CompletableFuture.supplyAsync(() -> start(passwordFile)));
        }
        starting.forEach(replica ->
                replica.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join().awaitReady());
    }

    private Replica startReady(String... settings) {
        Replica replica = start(settings);
        replica.awaitReady();
        return replica;
    }

    private Replica start(String... settings) {
        int port = FreePort.find();
        ConfigurableApplicationContext context = new SpringApplicationBuilder(AuthServiceApplication.class)
                .properties("spring.config.name=auth-service")
                .run(Stream.concat(
                                Stream.of(
                                        "--server.address=127.0.0.1",
                                        "--server.port=" + port,
                                        "--sluice.services.auth-service=http://127.0.0.1:" + port,
                                        "--spring.mongodb.uri=" + uri,
                                        "--spring.mongodb.database=" + database),
                                Stream.of(settings))
                        .toArray(String[]::new));
        synchronized (running) {
            running.add(context);
        }
        return new Replica(context, AuthClient.of(port));
    }

    private static AuthClient clientOf(ConfigurableApplicationContext context) {
        return AuthClient.of(context.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
    }

    private static String passwordFile(Path file) {
        return "--auth-service.administrator.password-file=" + file;
    }

    private static String passwordIn(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    private List<String> administrators() {
        ReactiveMongoTemplate mongo = new MongoServer.Lease(uri, database).template();
        return mongo.findAll(Document.class, "users")
                .filter(user -> user.getList("roles", String.class).contains("administrator"))
                .map(user -> user.getString("_id"))
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();
    }
}
