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
import org.springframework.util.unit.DataSize;

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
        assertThat(scrub.wanted().isScrub()).isTrue();
        assertThat(scrub.wanted().rate()).isEqualTo(DataSize.ofMegabytes(5));
        assertThat(scrub.options().data()).isEqualTo(folder.resolve("d"));
        assertThat(scrub.options().embedded()).isTrue();

        assertThat(parse("fsck").wanted().repairs()).isFalse();
        assertThat(parse("fsck", "--repair").wanted().repairs()).isTrue();
        assertThat(parse("fsck", "--rate=1GB").wanted().rate()).isEqualTo(DataSize.ofGigabytes(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scrub --repair", "scrub --rate", "scrub --rate=0", "fsck --rate=fast", "fsck --what"})
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
