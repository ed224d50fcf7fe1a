package io.sluice.cli.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import io.sluice.cli.place.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalkTests {

    @TempDir
    private Path home;

    private final List<LocalFile> found = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    private void file(String name) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, name);
    }

    private List<String> walk(String named, String target, boolean hasSidecars) {
        new Walk(named, Place.parse(target), hasSidecars)
                .run(found::add, (path, reason) -> failed.add(path + " " + reason));
        return found.stream().map(LocalFile::path).sorted().toList();
    }

    @Test
    void aFolderBringsItsName() throws IOException {
        file("pictures/a.jpg");
        file("pictures/pen/b.jpg");

        assertThat(walk(home + "/pictures", "farm/sheep", false))
                .containsExactly("/pictures/a.jpg", "/pictures/pen/b.jpg");
    }

    @Test
    void withASlashAtItsEndOnlyWhatIsInItComes() throws IOException {
        file("pictures/a.jpg");
        file("pictures/pen/b.jpg");

        assertThat(walk(home + "/pictures/", "farm/sheep/2026", false))
                .containsExactly("/2026/a.jpg", "/2026/pen/b.jpg");
    }

    @Test
    void aFileKeepsItsName() throws IOException {
        file("a.jpg");

        assertThat(walk(home + "/a.jpg", "farm/sheep/pen", false)).containsExactly("/pen/a.jpg");
    }

    @Test
    void sidecarsGoWithTheirFilesAndOtherJsonByItself() throws IOException {
        file("in/a.jpg");
        file("in/a.jpg.json");
        file("in/list.json");

        assertThat(walk(home + "/in/", "farm/sheep", true)).containsExactly("/a.jpg", "/list.json");
        assertThat(found)
                .filteredOn(file -> file.path().equals("/a.jpg"))
                .extracting(LocalFile::sidecar)
                .containsExactly(home.resolve("in/a.jpg.json"));
    }

    @Test
    void withoutTheOptionEveryFileIsAnItem() throws IOException {
        file("in/a.jpg");
        file("in/a.jpg.json");

        assertThat(walk(home + "/in/", "farm/sheep", false)).containsExactly("/a.jpg", "/a.jpg.json");
        assertThat(found).extracting(LocalFile::sidecar).containsOnlyNulls();
    }

    @Test
    void followsLinksToFilesButNotToFolders() throws IOException {
        file("elsewhere/a.jpg");
        Files.createDirectory(home.resolve("in"));
        Files.createSymbolicLink(home.resolve("in/file"), home.resolve("elsewhere/a.jpg"));
        Files.createSymbolicLink(home.resolve("in/folder"), home.resolve("in"));
        Files.createSymbolicLink(home.resolve("in/gone"), home.resolve("nowhere"));

        assertThat(walk(home + "/in/", "farm/sheep", false)).containsExactly("/file");
        assertThat(failed)
                .containsExactlyInAnyOrder(
                        home + "/in/folder is a link to a folder; name that folder itself",
                        home + "/in/gone is not there any more");
    }

    @Test
    void whatIsNotThereIsAMistakeInTheCommand() {
        assertThatThrownBy(() -> walk(home + "/nothing", "farm/sheep", false))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exit()).isEqualTo(Exit.USAGE));
    }
}
