package io.sluice.itemservice.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;

class FormParserTests {

    private static final MediaType FORM = MediaType.parseMediaType("multipart/form-data; boundary=BOUND");
    private static final String FILE = "Content-Disposition: form-data; name=\"file\"; filename=\"ü.bin\"";

    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);
    private final List<ByteBuf> given = new ArrayList<>();

    private record Read(FormPart part, String content) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "-",
                "--",
                "--BOUN",
                "--BOUNX",
                "\r",
                "\n",
                "\r\n",
                "\r\n\r\n",
                "\r\n--BOUN",
                "\r\n--BOUNX",
                "\r\r\n--BOU\r\n-",
                "abc\r\n--BOUN\r\n--BOUN\r",
                "\n--BOUND",
                "\r\n-BOUND\r\n--BOUN"
            })
    void whatIsLikeABoundaryIsContentWhereverTheBytesAreCut(String content) {
        byte[] form = form(FILE + "\r\n\r\n" + content);

        for (int first = 0; first <= form.length; first++) {
            for (int second = first; second <= form.length; second++) {
                assertThat(read(form, first, second))
                        .extracting(Read::content)
                        .as("cut at %s and %s", first, second)
                        .containsExactly(content);
            }
        }
    }

    @Test
    void aLargeFileComesOutAsItCame() {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        String content = new String(bytes, StandardCharsets.ISO_8859_1);

        assertThat(read(form(FILE + "\r\n\r\n" + content), 8192, 700_001))
                .extracting(Read::content)
                .containsExactly(content);
    }

    @Test
    void partsComeInTheirOrderWithTheirNames() {
        List<Read> parts = read(form(
                "content-disposition: form-data; name=path\r\n\r\n/a",
                "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Disposition: form-data; name=\"notes\"\r\n\r\nb",
                "Content-Disposition: form-data; name=empty\r\n\r\n",
                FILE + "\r\n\r\nc"));

        assertThat(parts)
                .containsExactly(
                        new Read(new FormPart("path", StandardCharsets.UTF_8), "/a"),
                        new Read(new FormPart("notes", StandardCharsets.ISO_8859_1), "b"),
                        new Read(new FormPart("empty", StandardCharsets.UTF_8), ""),
                        new Read(new FormPart("file", StandardCharsets.UTF_8), "c"));
    }

    @Test
    void whatStandsAroundTheFormIsNoPart() {
        String form = "before\r\n--BOUND \t\r\n" + FILE + "\r\n\r\nc\r\n--BOUND--\r\nafter\r\n--BOUND\r\n";

        assertThat(read(latin(form))).extracting(Read::content).containsExactly("c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no form",
                "--BOUND",
                "--BOUND-",
                "--BOUND\r\n",
                "--BOUND\r\nContent-Disposition: form-data; name=a\r\n\r\ncontent",
                "--BOUND\r\nContent-Disposition: form-data; name=a\r\n\r\ncontent\r\n--BOUND",
                "--BOUND\r\nContent-Disposition: form-data; name=a\r\n\r\ncontent\r\n--BOUND\r\n"
            })
    void aFormThatIsCutOffIsRefused(String form) {
        assertThatRefused(form).withMessageContaining("ends before its last boundary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--BOUNDX\r\n", "--BOUND\rX", "--BOUND-X", "--BOUND - -\r\n", "--BOUND\n"})
    void nothingElseFollowsABoundary(String form) {
        assertThatRefused(form).withMessageContaining("followed by something else");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "Content-Type: text/plain\r\n\r\n",
                "Content-Disposition: form-data\r\n\r\n",
                "Content-Disposition:\r\n\r\n",
                "Content-Disposition: ;;;=\r\n\r\n"
            })
    void aPartNeedsAName(String headers) {
        assertThatRefused("--BOUND\r\n" + headers + "content\r\n--BOUND--").withMessageContaining("has no name");
    }

    @Test
    void headersAreBounded() {
        assertThatRefused("--BOUND\r\nX: " + "x".repeat(FormParser.LONGEST_HEADERS))
                .withMessageContaining("more than 8192 bytes");
        assertThatRefused("--BOUND" + " ".repeat(10_000)).withMessageContaining("followed by something else");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=\"\"",
                "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x"
            })
    void aFormWithoutABoundaryIsRefused(String type) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> FormParser.of(MediaType.parseMediaType(type)))
                .withMessageContaining("must name its boundary");
    }

    private org.assertj.core.api.ThrowableAssertAlternative<ErrorResponseException> assertThatRefused(String form) {
        byte[] bytes = latin(form);
        var refused = assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> read(bytes));
        assertThat(given).allMatch(buffer -> buffer.refCnt() == 0);
        return refused;
    }

    private static byte[] form(String... parts) {
        return latin("--BOUND\r\n" + String.join("\r\n--BOUND\r\n", parts) + "\r\n--BOUND--\r\n");
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What comes of a form that comes in pieces; every buffer must have been let go then. */
    private List<Read> read(byte[] form, int... cuts) {
        FormParser parser = FormParser.of(FORM);
        List<Read> parts = new ArrayList<>();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        int at = 0;
        for (int piece = 0; piece <= cuts.length; piece++) {
            int end = piece < cuts.length ? cuts[piece] : form.length;
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.buffer().writeBytes(form, at, end - at);
            given.add(buffer);
            at = end;
            for (FormEvent event : parser.parse(buffers.wrap(buffer))) {
                byte[] bytes = new byte[event.content().readableByteCount()];
                event.content().read(bytes);
                DataBufferUtils.release(event.content());
                content.writeBytes(bytes);
                if (event.isLast()) {
                    parts.add(new Read(event.part(), content.toString(StandardCharsets.ISO_8859_1)));
                    content.reset();
                }
            }
        }
        parser.end();
        assertThat(given).allMatch(buffer -> buffer.refCnt() == 0);
        given.clear();
        return parts;
    }
}
