package io.sluice.cli.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTests {

    @TempDir
    private Path home;

    @Test
    void makesTheFoldersAbove() throws IOException {
        Path place = new Target(home.resolve("to")).place("a/b/c.jpg");

        assertThat(place).isEqualTo(home.resolve("to/a/b/c.jpg"));
        assertThat(home.resolve("to/a/b")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out.jpg", "a/../../out.jpg", "/etc/passwd", "a//b", "a/./b", "..", "", "a/\0b"})
    void refusesWhatWouldLeadElsewhere(String relative) {
        assertThatThrownBy(() -> new Target(home.resolve("to")).place(relative)).isInstanceOf(Target.Refused.class);
        assertThat(home.resolve("out.jpg")).doesNotExist();
    }

    @Test
    void doesNotWriteThroughALink() throws IOException {
        Files.createDirectories(home.resolve("to"));
        Files.createDirectory(home.resolve("elsewhere"));
        Files.createSymbolicLink(home.resolve("to/a"), home.resolve("elsewhere"));

        assertThatThrownBy(() -> new Target(home.resolve("to")).place("a/deep/b.jpg"))
                .isInstanceOf(Target.Refused.class)
                .hasMessageContaining("link");
        assertThat(home.resolve("elsewhere/deep")).doesNotExist();
    }

    @Test
    void doesNotReplaceAFolderByAFile() throws IOException {
        Files.createDirectories(home.resolve("to/a"));

        assertThatThrownBy(() -> new Target(home.resolve("to")).place("a")).isInstanceOf(Target.Refused.class);
    }
}
