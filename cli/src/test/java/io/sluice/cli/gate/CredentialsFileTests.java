package io.sluice.cli.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Surroundings;
import io.sluice.cli.console.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsFileTests {

    private static final Credentials ADA = new Credentials(
            URI.create("https://data.example.org"),
            "ada@example.org",
            "token",
            Instant.parse("2026-11-22T12:00:00Z"),
            "refresh");

    @TempDir
    private Path home;

    private CredentialsFile file() {
        Terminal nowhere = new Terminal(
                new PrintStream(OutputStream.nullOutputStream()),
                new PrintStream(OutputStream.nullOutputStream()),
                false,
                false,
                80);
        return CredentialsFile.of(new Surroundings(nowhere, Map.of("HOME", home.toString()), Clock.systemUTC()));
    }

    @Test
    void givesBackWhatWasKept() {
        file().write(ADA);

        assertThat(file().read()).contains(ADA);
        assertThat(file().path()).isEqualTo(home.resolve(".config/sluice/credentials.json"));
    }

    @Test
    void nobodyElseCanRead() throws IOException {
        file().write(ADA);
        file().write(ADA);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file().path())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file().path().getParent())))
                .isEqualTo("rwx------");
        try (var beside = Files.list(file().path().getParent())) {
            assertThat(beside).hasSize(1);
        }
    }

    @Test
    void isEmptyBeforeAnybodyHasSignedInAndAfterTheyHaveSignedOut() {
        assertThat(file().read()).isEmpty();
        file().write(ADA);

        assertThat(file().delete()).isTrue();
        assertThat(file().read()).isEmpty();
        assertThat(file().delete()).isFalse();
    }

    @Test
    void saysWhatToDoWithAFileThatIsBroken() throws IOException {
        file().write(ADA);
        Files.writeString(file().path(), "{");

        assertThatThrownBy(() -> file().read()).isInstanceOf(Failure.class).hasMessageContaining("sluice login");
    }

    @Test
    void doesNotPrintItsTokens() {
        assertThat(ADA).hasToString("ada@example.org at https://data.example.org");
    }
}
