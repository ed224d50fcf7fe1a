package io.sluice.modelservice.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTests {

    private static final int RED = 0xffff0000;
    private static final int BLUE = 0xff0000ff;

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "tiff"})
    void readsEveryFormat(String format) throws IOException {
        BufferedImage written = new BufferedImage(3, 5, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 15; i++) {
            written.setRGB(i % 3, i / 3, RED >> i % 3 * 8);
        }

        Picture picture = Picture.read(written(format, written));

        int[] row = {255, 0, 0, 255, 255, 0, 255, 255, 255};
        assertThat(picture.width()).isEqualTo(3);
        assertThat(colours(picture))
                .containsExactly(IntStream.range(0, 45).map(i -> row[i % 9]).toArray());
    }

    @Test
    void readsAWebp() {
        Picture picture =
                Picture.read(Base64.getDecoder().decode("UklGRh4AAABXRUJQVlA4TBEAAAAvAQAAAA+w//Mf8x8VMqL/AQA="));

        assertThat(colours(picture)).containsExactly(255, 0, 0, 0, 255, 0);
    }

    @Test
    void takesTheGrayOfAPictureAsItIs() throws IOException {
        BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(0, 0, 0, 100);
        gray.getRaster().setSample(1, 0, 0, 7);

        assertThat(colours(Picture.read(written("png", gray)))).containsExactly(100, 100, 100, 7, 7, 7);
    }

    @Test
    void takesTheUpperHalfOfSixteenBits() throws IOException {
        BufferedImage gray = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        gray.getRaster().setSample(0, 0, 0, 0x64ff);

        assertThat(colours(Picture.read(written("png", gray)))).containsExactly(100, 100, 100);
    }

    @Test
    void putsWhatIsTransparentOnWhite() throws IOException {
        BufferedImage picture = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
        picture.setRGB(0, 0, 0x00ff0000);
        picture.setRGB(1, 0, 0x80000000);

        assertThat(colours(Picture.read(written("png", picture)))).containsExactly(255, 255, 255, 127, 127, 127);
    }

    @ParameterizedTest
    @CsvSource({
        "1,0 1 2 3 4 5",
        "2,1 0 3 2 5 4",
        "3,5 4 3 2 1 0",
        "4,4 5 2 3 0 1",
        "5,0 2 4 1 3 5",
        "6,4 2 0 5 3 1",
        "7,5 3 1 4 2 0",
        "8,1 3 5 0 2 4"
    })
    void turnsAPictureAsItsExifSays(int orientation, String expected) throws IOException {
        BufferedImage stored = new BufferedImage(2, 3, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 6; i++) {
            stored.getRaster().setSample(i % 2, i / 2, 0, i);
        }

        Picture picture = Picture.read(withOrientation(written("png", stored), orientation));

        assertThat(picture.width()).isEqualTo(orientation > 4 ? 3 : 2);
        assertThat(colours(picture))
                .containsExactly(Arrays.stream(expected.split(" "))
                        .mapToInt(Integer::parseInt)
                        .flatMap(gray -> IntStream.of(gray, gray, gray))
                        .toArray());
    }

    @Test
    void readsOnlyTheHeaderOfAPictureThatIsTooLarge() throws IOException {
        byte[] bomb = written("png", redAndBlue(BufferedImage.TYPE_INT_RGB));
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);

        assertThatThrownBy(() -> Picture.read(bomb))
                .isInstanceOf(InvalidPicture.class)
                .hasMessageContaining("60000 x 60000 pixels");
    }

    @Test
    void refusesWhatIsNoPictureAndNeverFailsOtherwise() throws IOException {
        assertThatThrownBy(() -> Picture.read("no picture".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidPicture.class);
        assertThatThrownBy(() -> Picture.read(new byte[0])).isInstanceOf(InvalidPicture.class);
        Random random = new Random(1);
        for (String format : new String[] {"png", "jpeg", "gif", "bmp", "tiff"}) {
            byte[] whole = written(format, redAndBlue(BufferedImage.TYPE_INT_RGB));
            for (int i = 0; i < 100; i++) {
                byte[] broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
                broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
                try {
                    assertThat(Picture.read(broken).width()).isPositive();
                } catch (InvalidPicture isAnAnswer) {
                    assertThat(isAnAnswer.getMessage()).isNotBlank();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7, 3, 15 57 102 147 178 150 24 137 178 141 141 141 104 146 44 86 104 134 180 179 53",
        "3, 2, 72 178 92 126 104 146",
        "4, 9, 13 93 172 60 28 108 177 64 69 148 189 76 109 178 193 92 150 133 149 132 190 88 104 173 131 93 134 138 "
                + "58 105 174 93 30 110 189 77",
        "12, 8, 0 13 40 66 93 119 146 172 199 161 60 9 23 36 62 89 115 142 168 179 173 136 66 32 68 81 108 134 161 187 "
                + "214 192 123 85 80 77 114 127 153 164 158 169 195 174 104 83 109 123 159 172 199 177 108 86 113 123 118 "
                + "128 155 168 141 154 180 159 89 68 94 121 147 158 152 150 58 71 98 108 103 113 140 166 193 171 102 67 17 "
                + "30 57 83 110 136 163 189 216 178 77 26"
    })
    void changesTheSizeToTheLastBitAsOpenCvDoes(int width, int height, String red) {
        byte[] colours = new byte[4 * 6 * 3];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = (byte) (i / 3 % 6 * 53 + i / 18 * 91 + i % 3 * 17);
        }
        Enlargement enlargement = new Enlargement(Picture.of(6, 4, colours), width, height);
        int[] row = new int[width * 3];
        StringBuilder found = new StringBuilder();

        for (int y = 0; y < height; y++) {
            enlargement.row(y, row);
            for (int x = 0; x < width; x++) {
                found.append(row[x * 3]).append(' ');
            }
        }

        assertThat(found.toString().strip()).isEqualTo(red);
    }

    private static BufferedImage redAndBlue(int type) {
        BufferedImage picture = new BufferedImage(2, 2, type);
        for (int y = 0; y < 2; y++) {
            picture.setRGB(0, y, RED);
            picture.setRGB(1, y, BLUE);
        }
        return picture;
    }

    private static int[] colours(Picture picture) {
        int[] colours = new int[picture.width() * picture.height() * 3];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = picture.colour(i / 3 % picture.width(), i / 3 / picture.width(), i % 3);
        }
        return colours;
    }

    private static byte[] written(String format, BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(picture, format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    /** With a chunk of it after the first one of a PNG. */
    private static byte[] withOrientation(byte[] png, int orientation) {
        int headerEnd = 33;
        ByteBuffer exif = ByteBuffer.allocate(26);
        exif.put("MM\0*".getBytes(StandardCharsets.ISO_8859_1)).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        exif.putInt(0);
        CRC32 checksum = new CRC32();
        byte[] kind = "eXIf".getBytes(StandardCharsets.ISO_8859_1);
        checksum.update(kind);
        checksum.update(exif.array());
        return ByteBuffer.allocate(png.length + exif.capacity() + 12)
                .put(png, 0, headerEnd)
                .putInt(exif.capacity())
                .put(kind)
                .put(exif.array())
                .putInt((int) checksum.getValue())
                .put(png, headerEnd, png.length - headerEnd)
                .array();
    }
}
