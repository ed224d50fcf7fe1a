package io.sluice.launcher.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTests {

    @TempDir
    Path temporary;

    @Test
    void isMadeForItsOwnerOnly() throws IOException {
        Path path = temporary.resolve("new/data");

        try (DataFolder data = DataFolder.open(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void isRefusedWhileAnotherHasIt() throws IOException {
        try (DataFolder data = DataFolder.open(temporary)) {
            assertThatThrownBy(() -> DataFolder.open(data.path()))
                    .isInstanceOf(StartFailure.class)
                    .hasMessage(
                            "The data folder %s is in use by another Sluice (process %d). Stop that one, or choose"
                                    + " another folder with --data DIR.",
                            temporary, ProcessHandle.current().pid());
        }
    }

    @Test
    void isFreeAgainAfterItWasClosed() throws IOException {
        DataFolder.open(temporary).close();

        try (DataFolder again = DataFolder.open(temporary)) {
            assertThat(again.resolve("lock")).isRegularFile();
        }
    }

    @Test
    void isFreeThoughAProcessThatWasKilledLeftItsLockFile() throws IOException {
        Files.writeString(temporary.resolve("lock"), "4711\n");

        try (DataFolder data = DataFolder.open(temporary)) {
            assertThat(data.resolve("lock"))
                    .hasContent(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void saysInOneLineThatItCannotBeWrittenTo() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));

        assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
                .isInstanceOf(StartFailure.class)
                .hasMessageStartingWith("The data folder " + file.resolve("data") + " cannot be written to (")
                .hasMessageEndingWith("). Choose another folder with --data DIR.");
    }

    @Test
    void keepsNotesForItsOwnerOnly() throws IOException {
        try (DataFolder data = DataFolder.open(temporary)) {
            assertThat(data.note("database")).isEmpty();

            data.keepNote("database", "mongod");
            data.keepNote("database", "embedded");

            assertThat(data.note("database")).isEqualTo("embedded");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("database"))))
                    .isEqualTo("rw-------");
        }
    }
}
