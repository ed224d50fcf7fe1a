package io.sluice.cli.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarTests {

    private static String text(byte[] bytes, int from, int length) {
        return new String(Arrays.copyOfRange(bytes, from, from + length), StandardCharsets.UTF_8)
                .replaceAll("\0.*", "");
    }

    @Test
    void aPlainNameStandsInTheHeader() {
        byte[] header = Tar.header("/pen/dolly.jpg", 1234);

        assertThat(header).hasSize(512);
        assertThat(text(header, 0, 100)).isEqualTo("pen/dolly.jpg");
        assertThat(text(header, 124, 12)).isEqualTo("00000002322");
        assertThat(text(header, 257, 5)).isEqualTo("ustar");
    }

    @Test
    void theChecksumIsThatOfTheHeaderWithBlanksForIt() {
        byte[] header = Tar.header("/a", 0);
        int said = Integer.parseInt(text(header, 148, 6), 8);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }

        assertThat(said).isEqualTo(sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/süß/Schäfchen.jpg", "/羊/🐑.png"})
    void otherLettersStandInAPaxHeader(String path) {
        byte[] header = Tar.header(path, 5);
        String record = "path=" + path.substring(1) + "\n";

        assertThat(header).hasSize(3 * 512);
        assertThat((char) header[156]).isEqualTo('x');
        assertThat(text(header, 512, 512)).endsWith(record);
        assertThat((char) header[2 * 512 + 156]).isEqualTo('0');
    }

    @Test
    void aPaxRecordCountsItsOwnLength() {
        for (int length = 101; length < 1_100; length++) {
            byte[] header = Tar.header("/" + "n".repeat(length), 5);
            String record = text(header, 512, header.length - 1024);

            assertThat(record).startsWith(record.length() + " path=n");
        }
    }

    @Test
    void aFileOfMoreThanEightGigabytesHasItsSizeInThePaxHeader() {
        assertThat(text(Tar.header("/video.mp4", 10_000_000_000L), 512, 512)).contains(" size=10000000000\n");
    }

    @Test
    void filesEndAtABlock() {
        assertThat(Tar.padding(0)).isEmpty();
        assertThat(Tar.padding(1)).hasSize(511);
        assertThat(Tar.padding(512)).isEmpty();
    }
}
