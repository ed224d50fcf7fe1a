package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.launcher.console.Console;
import io.sluice.launcher.console.StartFailure;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalInspectionTests {

    @TempDir
    private Path folder;

    private LocalInspection parse(String... arguments) {
        return LocalInspection.parse(List.of(arguments), Map.of(), folder);
    }

    @Test
    void isNamedByTheFirstWord() {
        assertThat(LocalInspection.isWanted(List.of("scrub"))).isTrue();
        assertThat(LocalInspection.isWanted(List.of("fsck", "--repair"))).isTrue();
        assertThat(LocalInspection.isWanted(List.of("--port", "1"))).isFalse();
        assertThat(LocalInspection.isWanted(List.of())).isFalse();
    }

    @Test
    void takesItsOwnOptionsAndThoseThatNameTheData() {
        LocalInspection scrub = parse("scrub", "--data", "d", "--rate", "5MB", "--embedded");
        assertThat(scrub.wanted()).containsExactly("scrub", "--rate", "5MB");
        assertThat(scrub.options().data()).isEqualTo(folder.resolve("d"));
        assertThat(scrub.options().embedded()).isTrue();

        assertThat(parse("fsck").wanted()).containsExactly("fsck");
        assertThat(parse("fsck", "--repair").wanted()).containsExactly("fsck", "--repair");
        assertThat(parse("fsck", "--rate=1GB").wanted()).containsExactly("fsck", "--rate=1GB");
    }

    @Test
    void movesFromOnePlaceToAnother() {
        LocalInspection move = parse("move-blobs", "--from=file:bytes", "--data", "d", "--to", "s3://bucket/prefix");

        assertThat(move.wanted())
                .containsExactly(
                        "move-blobs",
                        "--from",
                        folder.resolve("bytes").toUri().toString(),
                        "--to",
                        "s3://bucket/prefix");
        assertThat(move.options().data()).isEqualTo(folder.resolve("d"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scrub --repair",
                "scrub --rate",
                "scrub --rate=0",
                "fsck --rate=fast",
                "fsck --what",
                "move-blobs --from file:/a",
                "move-blobs --from x --to file:/b"
            })
    void refusesWhatMakesNoSense(String line) {
        assertThatThrownBy(() -> parse(line.split(" "))).isInstanceOf(StartFailure.class);
    }

    @Test
    void doesNotMakeAFolderToLookAt() {
        Console console = new Console(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));

        assertThatThrownBy(() -> parse("fsck", "--data", "none").run("", console))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("There are no bytes in");
        assertThat(folder.resolve("none")).doesNotExist();
    }
}
