package io.sluice.kit.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormDigestTests {

    private static final String FORM = """
            --B
            Content-Disposition: form-data; name="path"

            /a.txt
            --B
            Content-Disposition: form-data; name="file"; filename="a.txt"

            -
            --
            --b -B --\r\r
            --B--
            """.replace("\n", "\r\n");

    @Test
    void isTheSameWhateverTheBoundaryIs() {
        Optional<String> digest = digest("B", FORM);

        assertThat(digest).isPresent();
        String boundary = "-".repeat(24) + "d74496d66958873e";
        assertThat(digest(boundary, FORM.replace("--B", "--" + boundary))).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64})
    void isTheSameInWhateverPiecesItComes(int size) {
        FormDigest pieces = new FormDigest("B");
        byte[] form = FORM.getBytes(StandardCharsets.ISO_8859_1);

        for (int start = 0; start < form.length; start += size) {
            pieces.read(Arrays.copyOfRange(form, start, Math.min(form.length, start + size)));
        }

        assertThat(pieces.value()).isPresent().isEqualTo(digest("B", FORM));
        assertThat(pieces.length()).isEqualTo(form.length);
    }

    @Test
    void isAnotherForOtherBytes() {
        assertThat(digest("B", FORM.replace("/a.txt", "/b.txt"))).isPresent().isNotEqualTo(digest("B", FORM));
        assertThat(digest("B", FORM.replace("--b -B", "--b  B"))).isPresent().isNotEqualTo(digest("B", FORM));
        assertThat(digest("B", FORM.replace("--\r\r", "--\r"))).isPresent().isNotEqualTo(digest("B", FORM));
    }

    /** Were only the boundaries cut out, the end of one part could move into the next. */
    @Test
    void isAnotherWhenBytesMoveFromOnePartToTheNext() {
        String first = "--B\r\n\r\nab\r\n--B\r\n\r\nc\r\n--B--";
        String second = "--B\r\n\r\na\r\n--B\r\n\r\nbc\r\n--B--";

        assertThat(digest("B", first)).isPresent().isNotEqualTo(digest("B", second));
    }

    @Test
    void isNotThereBeforeTheEndOfTheForm() {
        assertThat(digest("B", FORM.substring(0, FORM.lastIndexOf("-")))).isEmpty();
    }

    @Test
    void leavesOutWhatFollowsTheForm() {
        assertThat(digest("B", FORM + "epilogue")).isPresent().isEqualTo(digest("B", FORM));
    }

    private static Optional<String> digest(String boundary, String form) {
        FormDigest digest = new FormDigest(boundary);
        digest.read(form.getBytes(StandardCharsets.ISO_8859_1));
        return digest.value();
    }
}
