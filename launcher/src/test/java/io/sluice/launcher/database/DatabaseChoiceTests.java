package io.sluice.launcher.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.launcher.console.StartFailure;
import io.sluice.launcher.data.DataFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseChoiceTests {

    private static final Watch NOBODY = new Watch() {
        @Override
        public void outgrown(String collection) {}

        @Override
        public void lost(String why) {}
    };

    @TempDir
    Path temporary;

    private String searchPath = "";
    private Path onPath = Path.of("");

    @BeforeEach
    void putAMongodOnThePath() throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("empty"));
        Path programs = Files.createDirectory(temporary.resolve("programs"));
        onPath = Files.createFile(programs.resolve("mongod"));
        assertThat(onPath.toFile().setExecutable(true)).isTrue();
        searchPath = empty + File.pathSeparator + programs;
    }

    @Test
    void prefersTheMongoDbThatRunsAlready() {
        DatabaseChoice choice = new DatabaseChoice(
                Optional.of("mongodb://db"), Optional.of(Path.of("/opt/mongod")), false, false, searchPath);

        assertThat(choice.kind()).isEqualTo(DatabaseKind.EXTERNAL);
    }

    @Test
    void prefersTheMongodThatIsNamedToTheOneOnThePath() {
        DatabaseChoice choice =
                new DatabaseChoice(Optional.empty(), Optional.of(Path.of("/opt/mongod")), false, false, searchPath);

        assertThat(choice.kind()).isEqualTo(DatabaseKind.MONGOD);
        assertThat(choice.program()).contains(Path.of("/opt/mongod"));
    }

    @Test
    void prefersTheMongodOnThePathToTheEmbeddedDatabase() {
        DatabaseChoice choice = new DatabaseChoice(Optional.empty(), Optional.empty(), false, false, searchPath);

        assertThat(choice.kind()).isEqualTo(DatabaseKind.MONGOD);
        assertThat(choice.program()).contains(onPath);
    }

    @Test
    void leavesTheMongodOnThePathAloneWhenItIsTold() {
        assertThat(new DatabaseChoice(Optional.empty(), Optional.empty(), true, false, searchPath).kind())
                .isEqualTo(DatabaseKind.EMBEDDED);
    }

    @Test
    void isTheEmbeddedDatabaseWhenThereIsNothingElse() {
        assertThat(new DatabaseChoice(Optional.empty(), Optional.empty(), false, false, "").kind())
                .isEqualTo(DatabaseKind.EMBEDDED);
    }

    @ParameterizedTest
    @CsvSource({
        "mongod,   the embedded database, a mongod,                  start with --mongod PATH",
        "external, the embedded database, a MongoDB that runs apart, set SLUICE_MONGODB_URI"
    })
    void refusesAFolderThatAnotherKindOfDatabaseMade(String note, String chosen, String maker, String remedy)
            throws IOException {
        try (DataFolder data = DataFolder.open(temporary.resolve("data"))) {
            data.keepNote("database", note);

            assertThatThrownBy(() ->
                            new DatabaseChoice(Optional.empty(), Optional.empty(), true, false, "").start(data, NOBODY))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("was made by " + maker + ", not by " + chosen)
                    .hasMessageContaining(remedy)
                    .hasMessageContaining("choose another folder with --data DIR");
            assertThat(data.resolve("embedded")).doesNotExist();
        }
    }

    @Test
    void refusesAnEmbeddedFolderWhenAMongodIsOnThePath() throws IOException {
        try (DataFolder data = DataFolder.open(temporary.resolve("data"))) {
            data.keepNote("database", "embedded");

            assertThatThrownBy(() -> new DatabaseChoice(Optional.empty(), Optional.empty(), false, false, searchPath)
                            .start(data, NOBODY))
                    .hasMessageContaining("was made by the embedded database")
                    .hasMessageContaining("start with --embedded");
        }
    }

    @Test
    void refusesAFolderOfADatabaseItDoesNotKnow() throws IOException {
        try (DataFolder data = DataFolder.open(temporary.resolve("data"))) {
            data.keepNote("database", "cassandra");

            assertThatThrownBy(() ->
                            new DatabaseChoice(Optional.empty(), Optional.empty(), true, false, "").start(data, NOBODY))
                    .hasMessageContaining("says \"cassandra\", which is no database that this Sluice knows");
        }
    }

    @Test
    void saysThatTheNamedProgramIsMissing() throws IOException {
        try (DataFolder data = DataFolder.open(temporary.resolve("data"))) {
            Path missing = temporary.resolve("missing/mongod");

            assertThatThrownBy(() -> new DatabaseChoice(Optional.empty(), Optional.of(missing), false, false, "")
                            .start(data, NOBODY))
                    .hasMessage("There is no program %s; give the path of a mongod with --mongod.", missing);
            assertThat(data.note("database")).isEmpty();
        }
    }

    @Test
    void saysWhatAMongodThatDoesNotStartHadToSay() throws IOException {
        Files.writeString(onPath, "#!/bin/sh\necho cannot map memory\nexit 62\n");

        try (DataFolder data = DataFolder.open(temporary.resolve("data"))) {
            assertThatThrownBy(() -> new DatabaseChoice(Optional.empty(), Optional.empty(), false, false, searchPath)
                            .start(data, NOBODY))
                    .isInstanceOf(StartFailure.class)
                    .hasMessageContaining("mongod did not start (exit code 62")
                    .hasMessageContaining("cannot map memory");
        }
    }

    @Test
    void remembersWhichDatabaseMadeTheFolder() throws IOException {
        try (DataFolder data = DataFolder.open(temporary.resolve("data"));
                Database database =
                        new DatabaseChoice(Optional.empty(), Optional.empty(), true, false, "").start(data, NOBODY)) {
            assertThat(data.note("database")).isEqualTo("embedded");
            assertThat(database.uri()).startsWith("mongodb://sluice:").contains("@127.0.0.1:");
        }
    }
}
