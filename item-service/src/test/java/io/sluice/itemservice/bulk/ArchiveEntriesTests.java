package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.itemservice.testing.Tar;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveEntriesTests {

    private static final int MOST = 1_000;

    @Test
    void readsFilesAndFoldersOfATar() throws IOException {
        String longName = "a/" + "long".repeat(40) + "/grün.txt";

        assertThat(read(new Tar()
                        .folder("./")
                        .folder("./a/")
                        .file("./a/b.txt", "one")
                        .file("empty", "")
                        .file(longName, "two")
                        .bytes()))
                .containsExactly("/a/", "/a/b.txt=one", "/empty=", "/" + longName + "=two");
    }

    @Test
    void readsNamesThatGnuTarWritesBeforeTheirHeader() throws IOException {
        byte[] said = ("x".repeat(120) + "\0").getBytes(StandardCharsets.UTF_8);

        assertThat(read(new Tar()
                        .member("././@LongLink".getBytes(StandardCharsets.US_ASCII), 'L', said, said.length)
                        .file("cut", "one")
                        .bytes()))
                .containsExactly("/" + "x".repeat(120) + "=one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../a", "a/../../b", "/etc/passwd", "C:/a", "a\\b", "a/./b"})
    void refusesNamesThatMeanAnotherPlace(String name) throws IOException {
        assertThat(read(new Tar().file(name, "bad").file("good", "one").bytes()))
                .hasSize(2)
                .satisfies(entries -> assertThat(entries.get(0)).startsWith("! " + name + " path: must"))
                .endsWith("/good=one");
    }

    @Test
    void refusesNamesThatAreNoUtf8() throws IOException {
        byte[] name = {'a', (byte) 0xe9, '.', 't'};

        assertThat(read(new Tar()
                        .member(name, '0', new byte[0], 0)
                        .file("é.t", "one")
                        .bytes()))
                .containsExactly("! a\uFFFD.t path: must be valid Unicode, in UTF-8", "/é.t=one");
    }

    @Test
    void refusesWhatIsNeitherAFileNorADirectory() throws IOException {
        Tar tar = new Tar();
        for (char type : "123467S".toCharArray()) {
            tar.member(new byte[] {'t', (byte) type}, type, new byte[0], 0);
        }

        List<String> entries = read(tar.file("good", "one").bytes());

        assertThat(entries).hasSize(8).contains("/t7=").endsWith("/good=one");
        assertThat(entries.get(0)).contains("hard link");
        assertThat(entries.get(1)).contains("symbolic link");
        assertThat(entries.get(2)).contains("device");
        assertThat(entries.get(4)).contains("pipe");
        assertThat(entries.get(6)).contains("sparse");
    }

    @Test
    void refusesANameThatComesTwice() throws IOException {
        assertThat(read(new Tar().file("a", "one").file("./a", "two").bytes()))
                .containsExactly("/a=one", "! ./a path: came before in this request");
    }

    @Test
    void stopsBehindSoManyFiles() {
        Tar tar = new Tar();
        for (int number = 0; number <= MOST; number++) {
            tar.file("f" + number, "");
        }

        assertThatThrownBy(() -> read(tar.bytes())).hasMessageContaining("more than 1000 files");
    }

    @Test
    void takesWhatIsWholeOfATarThatIsCutAnywhere() throws IOException {
        byte[] whole = new Tar().file("a", "one").file("b", "two").unfinished();

        for (int length = 0; length <= whole.length; length += 64) {
            List<String> entries = new ArrayList<>();
            ArchiveEntries cut = tar(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> readAll(cut, entries)).isInstanceOf(Archive.Unreadable.class);
            assertThat(entries).hasSize(length < 515 ? 0 : length < 1539 ? 1 : 2);
        }
    }

    @Test
    void givesLargeFilesInPieces() throws IOException {
        byte[] large = new byte[700_000];
        Arrays.fill(large, (byte) 'x');

        assertThat(read(new Tar().file("large", large).file("small", "one").bytes()))
                .containsExactly("/large of 700000", "/small=one");
    }

    @Test
    void endsAFileThatIsLargerThanAnyMayBe() throws IOException {
        byte[] tar =
                new Tar().file("large", new byte[700_000]).file("small", "one").bytes();

        assertThat(readAll(entries(new ByteArrayInputStream(tar), 500_000), new ArrayList<>()))
                .satisfies(entries -> assertThat(entries.get(0)).contains("quota.bytes"))
                .endsWith("/small=one");
    }

    @Test
    void readsAZip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "a/", "");
            put(zip, "a/grün.txt", "one");
            ZipEntry stored = new ZipEntry("stored");
            stored.setMethod(ZipEntry.STORED);
            stored.setSize(3);
            CRC32 sum = new CRC32();
            sum.update("two".getBytes(StandardCharsets.UTF_8));
            stored.setCrc(sum.getValue());
            zip.putNextEntry(stored);
            zip.write("two".getBytes(StandardCharsets.UTF_8));
            put(zip, "../bad", "three");
            put(zip, "good", "four");
        }

        assertThat(readZip(bytes.toByteArray()))
                .containsExactly(
                        "/a/",
                        "/a/grün.txt=one",
                        "/stored=two",
                        "! ../bad path: must not contain the segments . and ..",
                        "/good=four");
        assertThatThrownBy(() -> readZip(Arrays.copyOf(bytes.toByteArray(), 150)))
                .isInstanceOf(Archive.Unreadable.class);
    }

    @Test
    void refusesAFileOfAZipWhoseChecksumIsWrong() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            put(zip, "bad", "one");
            put(zip, "good", "two");
        }
        byte[] zip = bytes.toByteArray();
        // The checksum stands behind the signature of the sizes that follow the first file.
        for (int index = 0; index < zip.length - 4; index++) {
            if (zip[index] == 'P' && zip[index + 1] == 'K' && zip[index + 2] == 7 && zip[index + 3] == 8) {
                zip[index + 4]++;
                break;
            }
        }

        assertThat(readZip(zip))
                .satisfies(entries -> assertThat(entries.get(0)).startsWith("! bad path: does not have the checksum"))
                .endsWith("/good=two");
    }

    private static void put(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static List<String> read(byte[] tar) throws IOException {
        return readAll(tar(tar), new ArrayList<>());
    }

    private static ArchiveEntries tar(byte[] tar) {
        return entries(new ByteArrayInputStream(tar), Long.MAX_VALUE);
    }

    private static ArchiveEntries entries(InputStream in, long mostBytes) {
        return new ArchiveEntries(new TarArchive(in), in, new Budget(Duration.ofSeconds(1)), MOST, true, mostBytes);
    }

    private static List<String> readZip(byte[] zip) throws IOException {
        InputStream in = new ByteArrayInputStream(zip);
        return readAll(
                new ArchiveEntries(
                        new ZipArchive(in), in, new Budget(Duration.ofSeconds(1)), MOST, true, Long.MAX_VALUE),
                new ArrayList<>());
    }

    private static List<String> readAll(ArchiveEntries entries, List<String> into) throws IOException {
        String large = "";
        long size = 0;
        for (Entry entry = entries.next(); entry != null; entry = entries.next()) {
            if (entry instanceof Entry.Folder folder) {
                into.add(folder.path() + "/");
            } else if (entry instanceof Entry.Small small) {
                into.add(small.path() + "=" + new String(small.bytes(), StandardCharsets.UTF_8));
            } else if (entry instanceof Entry.Begin begin) {
                large = begin.path();
                size = 0;
            } else if (entry instanceof Entry.Piece piece) {
                size += piece.bytes().length;
            } else if (entry instanceof Entry.End end) {
                Throwable failure = end.failure();
                into.add(failure == null ? large + " of " + size : "! " + failure.getMessage());
            } else if (entry instanceof Entry.Broken broken) {
                into.add("! " + broken.name() + " " + detail(broken.failure()));
            }
        }
        return into;
    }

    private static String detail(Throwable failure) {
        return failure instanceof org.springframework.web.ErrorResponse problem
                ? String.valueOf(problem.getBody().getDetail())
                : String.valueOf(failure.getMessage());
    }
}
