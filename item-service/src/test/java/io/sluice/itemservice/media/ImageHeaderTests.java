package io.sluice.itemservice.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Pictures;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageHeaderTests {

    @TempDir
    private Path folder;

    @Test
    void readsPng() throws IOException {
        assertThat(header(Pictures.of("png", BufferedImage.TYPE_INT_RGB))).contains(png(3));
        assertThat(header(Pictures.of("png", BufferedImage.TYPE_INT_ARGB))).contains(png(4));
        assertThat(header(Pictures.of("png", BufferedImage.TYPE_BYTE_GRAY))).contains(png(1));
        assertThat(header(Pictures.of("png", BufferedImage.TYPE_BYTE_INDEXED))).contains(png(3));
    }

    @Test
    void readsJpeg() throws IOException {
        assertThat(header(Pictures.of("jpeg", BufferedImage.TYPE_INT_RGB))).contains(jpeg(3));
        assertThat(header(Pictures.of("jpeg", BufferedImage.TYPE_BYTE_GRAY))).contains(jpeg(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6, 8})
    void readsHowAPictureIsToBeTurned(int orientation) throws IOException {
        assertThat(header(Pictures.turnedJpeg(orientation)))
                .contains(new ImageHeader("image/jpeg", 7, 5, 3, orientation));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6, 8})
    void readsHowAPngOrWebpIsToBeTurned(int orientation) throws IOException {
        assertThat(header(Pictures.turnedPng(Pictures.of("png", BufferedImage.TYPE_INT_RGB), orientation)))
                .contains(new ImageHeader("image/png", 7, 5, 3, orientation));
        assertThat(header(Pictures.turnedWebp(Pictures.plainWebp(7, 5), 7, 5, orientation, false)))
                .contains(new ImageHeader(null, 7, 5, 3, orientation));
        assertThat(header(Pictures.turnedWebp(Pictures.plainWebp(7, 5), 7, 5, orientation, true)))
                .contains(new ImageHeader(null, 7, 5, 3, orientation));
    }

    @Test
    void ignoresAnOrientationThatThereIsNot() throws IOException {
        assertThat(header(Pictures.turnedJpeg(9))).contains(jpeg(3));
        assertThat(header(Pictures.turnedPng(Pictures.of("png", BufferedImage.TYPE_INT_RGB), 9)))
                .contains(png(3));
        assertThat(header(Pictures.turnedWebp(Pictures.plainWebp(7, 5), 7, 5, 9, false)))
                .contains(size(7, 5, 3));
    }

    /** The picture itself is whole; only what is said of it claims to be gigabytes, or never ends. */
    @ParameterizedTest
    @ValueSource(strings = {"ffffffff 65584966 4d4d002a 7fffffff", "7fffffff 74455874", "00000004 65584966 4d4d002a"})
    @Timeout(20)
    void showsAPngUnturnedWhoseExifIsBroken(String chunk) throws IOException {
        byte[] png = Pictures.of("png", BufferedImage.TYPE_INT_RGB);

        assertThat(header(concat(Arrays.copyOf(png, 33), hex(chunk)))).contains(png(3));
    }

    @Test
    @Timeout(20)
    void showsAWebpUnturnedWhoseChunksNeverComeToAnEnd() throws IOException {
        byte[] chunks = new byte[1024 * 1024];

        assertThat(header(concat(webp("56503858", "0a000000 08000000 060000 040000"), chunks)))
                .contains(size(7, 5, 3));
        assertThat(header(webp("56503858", "0a000000 08000000 060000 040000 45584946 ffffffff 4949 2a00 ffffffff")))
                .contains(size(7, 5, 3));
    }

    @Test
    void readsGifAndBmpAndTiff() throws IOException {
        assertThat(header(Pictures.of("gif", BufferedImage.TYPE_BYTE_INDEXED)))
                .contains(new ImageHeader(null, 7, 5, null, null));
        assertThat(header(Pictures.of("bmp", BufferedImage.TYPE_INT_RGB))).contains(size(7, 5, 3));
        assertThat(header(Pictures.of("tiff", BufferedImage.TYPE_INT_RGB))).contains(size(7, 5, 3));
        assertThat(header(Pictures.of("tiff", BufferedImage.TYPE_BYTE_GRAY))).contains(size(7, 5, 1));
    }

    @Test
    void readsABmpWhoseTopComesFirst() throws IOException {
        byte[] bmp = Pictures.of("bmp", BufferedImage.TYPE_INT_RGB);
        ByteBuffer.wrap(bmp).order(ByteOrder.LITTLE_ENDIAN).putInt(22, -5);

        assertThat(header(bmp)).contains(size(7, 5, 3));
    }

    @Test
    void readsABmpOfOs2() throws IOException {
        assertThat(header(hex("424d 00000000 00000000 1a000000 0c000000 0700 0500 0100 1800 00000000 00000000")))
                .contains(size(7, 5, 3));
    }

    @Test
    void readsWebp() throws IOException {
        assertThat(header(webp("56503820", "0a000000 f00100 9d012a 0700 0500 0000")))
                .contains(size(7, 5, 3));
        assertThat(header(webp("5650384c", "0a000000 2f 06000110 000000000000")))
                .contains(size(7, 5, 4));
        assertThat(header(webp("56503858", "0a000000 10000000 060000 040000"))).contains(size(7, 5, 4));
        assertThat(header(webp("56503858", "0a000000 00000000 060000 040000"))).contains(size(7, 5, 3));
    }

    /** A thumbnail of 2 × 1 and the picture of 4032 × 3024. */
    @Test
    void readsHeif() throws IOException {
        byte[] heif = concat(
                box("ftyp", ascii("heic\0\0\0\0mif1heic")),
                box(
                        "meta",
                        new byte[4],
                        box("hdlr", new byte[25]),
                        box(
                                "iprp",
                                box(
                                        "ipco",
                                        box("colr", ascii("nclx")),
                                        box("ispe", new byte[4], hex("00000002 00000001")),
                                        box("ispe", new byte[4], hex("00000fc0 00000bd0"))),
                                box("ipma", new byte[8]))),
                box("mdat", new byte[100]));

        assertThat(header(heif)).contains(new ImageHeader(null, 4032, 3024, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "BM", "GIF89a", "RIFF....WAVEfmt ", "....ftypmp42"})
    void findsNothingInWhatIsNoPicture(String text) throws IOException {
        assertThat(header(ascii(text))).isEmpty();
    }

    @Test
    void findsNothingInAPictureWithoutSize() throws IOException {
        byte[] png = Pictures.of("png", BufferedImage.TYPE_INT_RGB);
        ByteBuffer.wrap(png).putInt(16, -7);

        assertThat(header(png)).isEmpty();
    }

    static Stream<byte[]> pictures() {
        return Stream.of(
                Pictures.of("png", BufferedImage.TYPE_INT_RGB),
                Pictures.turnedJpeg(6),
                Pictures.turnedPng(Pictures.of("png", BufferedImage.TYPE_INT_RGB), 6),
                Pictures.turnedWebp(Pictures.plainWebp(7, 5), 7, 5, 6, false),
                Pictures.of("gif", BufferedImage.TYPE_BYTE_INDEXED),
                Pictures.of("bmp", BufferedImage.TYPE_INT_RGB),
                Pictures.of("tiff", BufferedImage.TYPE_INT_RGB),
                webp("56503858", "0a000000 10000000 060000 040000"),
                concat(
                        box("ftyp", ascii("heic\0\0\0\0mif1heic")),
                        box(
                                "meta",
                                new byte[4],
                                box("iprp", box("ipco", box("ispe", new byte[4], hex("00000fc0 00000bd0")))))));
    }

    @ParameterizedTest
    @MethodSource("pictures")
    @Timeout(60)
    void survivesAPictureThatIsCutAnywhere(byte[] picture) throws IOException {
        for (int length = 0; length < picture.length; length++) {
            header(Arrays.copyOf(picture, length));
        }
    }

    @ParameterizedTest
    @MethodSource("pictures")
    @Timeout(60)
    void survivesAPictureThatIsGarbled(byte[] picture) throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] garbled = picture.clone();
            for (int times = random.nextInt(8); times >= 0; times--) {
                garbled[random.nextInt(garbled.length)] = (byte) random.nextInt();
            }
            header(garbled);
        }
    }

    /** A file of some bytes that claims boxes, segments and directories of gigabytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000010 66747970 68656963 00000000  7fffffff 6d657461 00000000  7ffffff0 69707270",
                "00000010 66747970 68656963 00000000  00000001 6d657461 7fffffffffffffff 00000000",
                "00000010 66747970 68656963 00000000  00000001 6d657461 ffffffffffffffff 00000000",
                "4d4d002a ffffffff",
                "4d4d002a 00000008 ffff 0100 0004 00000001 00000007",
                "ffd8ffe1ffff 457869660000 4d4d002a 7fffffff",
                "ffd8ffe0 0000 ffe0 0000"
            })
    @Timeout(20)
    void isNotFooledByClaimsOfSize(String bytes) throws IOException {
        assertThat(header(hex(bytes))).isEmpty();
    }

    // ---

    private static ImageHeader png(int channels) {
        return new ImageHeader("image/png", 7, 5, channels, null);
    }

    private static ImageHeader jpeg(int channels) {
        return new ImageHeader("image/jpeg", 7, 5, channels, null);
    }

    private static ImageHeader size(int width, int height, int channels) {
        return new ImageHeader(null, width, height, channels, null);
    }

    private Optional<ImageHeader> header(byte[] bytes) throws IOException {
        Path file = folder.resolve("picture");
        Files.write(file, bytes);
        return ImageHeader.of(file);
    }

    private static byte[] webp(String kind, String rest) {
        return concat(ascii("RIFF"), hex("20000000"), ascii("WEBP"), hex(kind), hex(rest));
    }

    private static byte[] box(String kind, byte[]... content) {
        byte[] body = concat(content);
        return concat(ByteBuffer.allocate(4).putInt(body.length + 8).array(), ascii(kind), body);
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                List.of(parts).stream().mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }
}
