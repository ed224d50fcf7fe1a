package io.sluice.authservice.administrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.testing.MongoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Status;
import org.springframework.data.mongodb.repository.support.ReactiveMongoRepositoryFactory;
import reactor.core.publisher.Mono;

/** The race for the first administrator, closer than whole processes can run it. */
abstract class FirstAdministratorContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int REPLICAS = 8;
    private static final String EMAIL = "admin@sluice.local";
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final PasswordHashing passwords = new PasswordHashing();

    @TempDir
    Path folder;

    private UserRepository users;

    /** Each test has a database without an administrator. */
    @BeforeEach
    void newDatabase(MongoServer.Lease lease) {
        String name = lease.name() + "-" + UUID.randomUUID().toString().substring(0, 8);
        users = new ReactiveMongoRepositoryFactory(new MongoServer.Lease(lease.uri(), name).template())
                .getRepository(UserRepository.class);
    }

    @AfterEach
    void stopHashing() {
        passwords.destroy();
    }

    @Test
    void leavesOnlyTheFileOfTheReplicaThatWins() throws IOException {
        startAll(replica -> folder.resolve(replica + "/admin-password"));

        List<Path> left = IntStream.range(0, REPLICAS)
                .mapToObj(replica -> folder.resolve(replica + "/admin-password"))
                .filter(Files::exists)
                .toList();
        assertThat(left).hasSize(1);
        assertThat(letsIn(left.get(0))).isTrue();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void leavesTheFileThatAllShare() throws IOException {
        Path file = folder.resolve("admin-password");

        startAll(replica -> file);

        assertThat(letsIn(file)).isTrue();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void leavesAFileAloneThatItHasNotMade() throws IOException {
        Path file = Files.writeString(folder.resolve("admin-password"), "somebody-put-this-here\n");
        insert(User.administrator(EMAIL, hash("another password"), NOW));

        startAll(replica -> file);

        assertThat(file).hasContent("somebody-put-this-here\n");
    }

    /** A crash between writing the file and making the user. */
    @Test
    void takesUpThePasswordThatLiesThereAlready() throws IOException {
        Path file = Files.writeString(folder.resolve("admin-password"), "written-before-the-crash\n");

        startAll(replica -> file);

        assertThat(file).hasContent("written-before-the-crash\n");
        assertThat(letsIn("written-before-the-crash")).isTrue();
    }

    @Test
    void keepsThePasswordWhenAnotherOneIsGivenLater() {
        startAndAwait(List.of(replica(new AdministratorProperties(EMAIL, "the given password", null))));

        startAndAwait(List.of(replica(new AdministratorProperties(EMAIL, "another password", null))));

        assertThat(letsIn("the given password")).isTrue();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void keepsTheAdministratorWhenAnotherOneIsAskedForLater() {
        startAndAwait(List.of(replica(new AdministratorProperties(EMAIL, "the given password", null))));

        startAndAwait(List.of(replica(new AdministratorProperties("root@example.org", "the given password", null))));

        assertThat(count()).isEqualTo(1);
    }

    @Test
    void makesNoFileForAPasswordThatIsGiven() {
        Path file = folder.resolve("admin-password");

        startAndAwait(List.of(replica(new AdministratorProperties("Admin@Sluice.local", "the given password", file))));

        assertThat(file).doesNotExist();
        assertThat(letsIn("the given password")).isTrue();
    }

    @Test
    void isNotReadyWhileAnotherUserHasItsAddress() {
        insert(User.of(EMAIL, "", "", "hash", NOW));
        FirstAdministrator replica = replica(new AdministratorProperties(EMAIL, "the given password", null));

        replica.start();

        assertThat(statusOf(replica)).isEqualTo(Status.DOWN);
        assertThat(replica.isRunning()).isTrue();
        replica.stop();
    }

    private void startAll(Function<Integer, Path> fileOf) {
        startAndAwait(IntStream.range(0, REPLICAS)
                .mapToObj(replica -> replica(new AdministratorProperties(EMAIL, null, fileOf.apply(replica))))
                .toList());
    }

    private static void startAndAwait(List<FirstAdministrator> replicas) {
        replicas.forEach(FirstAdministrator::start);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(replicas)
                        .allMatch(replica -> statusOf(replica).equals(Status.UP)));
    }

    private FirstAdministrator replica(AdministratorProperties settings) {
        return new FirstAdministrator(
                users, new FirstPassword(settings, passwords), passwords, Clock.systemUTC(), settings);
    }

    private boolean letsIn(Path file) throws IOException {
        return letsIn(Files.readString(file).strip());
    }

    private boolean letsIn(String password) {
        return get(users.findById(EMAIL).flatMap(user -> passwords.matches(password, user.passwordHash())));
    }

    private long count() {
        return get(users.count());
    }

    private String hash(String password) {
        return get(passwords.hash(password));
    }

    private void insert(User user) {
        get(users.insert(user));
    }

    private static Status statusOf(FirstAdministrator replica) {
        return get(replica.health()).getStatus();
    }

    private static <T> T get(Mono<T> value) {
        return value.blockOptional(PATIENCE).orElseThrow();
    }
}
