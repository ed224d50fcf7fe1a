package io.sluice.itemservice.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.itemservice.testing.Pictures;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmallPictureTests {

    private static final int RED = 0xff0000;
    private static final int BLUE = 0x0000ff;

    /** 40 × 20, red on the left, blue on the right: no Java library writes this format. */
    private static final String LOSSLESS_WEBP = "UklGRigAAABXRUJQVlA4TBsAAAAvJ8AEAA8Q87//8x8OBAKEA/+1BgRE9D9K2AMA";

    private static final String WEBP =
            "UklGRnYAAABXRUJQVlA4IGoAAADQBACdASooABQAPm0skkWkIqGYBABABsSgB2APwg4QIYB+AFd/7gAB"
                    + "e8wZ/aoyYAD+8JtD//5Bdm2zmf//5Af8gP+QH/j+nysH+gzG5ufyA6yfnGP/8gPfz/gCWC1pzINRsiaV"
                    + "04x0eAAA";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff"})
    void makesAPictureOfTheFormatSmall(String format) throws Exception {
        BufferedImage small = small(Pictures.halves(format, 400, 200, RED, BLUE));

        assertThat(small.getWidth()).isEqualTo(64);
        assertThat(small.getHeight()).isEqualTo(32);
        assertThat(colorAt(small, 8, 16)).isEqualTo("red");
        assertThat(colorAt(small, 56, 16)).isEqualTo("blue");
    }

    @ParameterizedTest
    @ValueSource(strings = {LOSSLESS_WEBP, WEBP})
    void readsWebp(String webp) throws Exception {
        BufferedImage small = small(Base64.getDecoder().decode(webp));

        assertThat(small.getWidth()).isEqualTo(40);
        assertThat(colorAt(small, 5, 10)).isEqualTo("red");
        assertThat(colorAt(small, 35, 10)).isEqualTo("blue");
    }

    @ParameterizedTest
    @CsvSource({
        "1, left",
        "2, right",
        "3, right",
        "4, left",
        "5, top",
        "6, top",
        "7, bottom",
        "8, bottom",
    })
    void showsAPictureAsExifSaysThatItIsToBeTurned(int orientation, String red) throws Exception {
        byte[] webp = Base64.getDecoder().decode(LOSSLESS_WEBP);

        assertRedIs(red, small(Pictures.turned(Pictures.halves("jpeg", 40, 20, RED, BLUE), orientation)));
        assertRedIs(red, small(Pictures.turnedPng(Pictures.halves("png", 40, 20, RED, BLUE), orientation)));
        assertRedIs(red, small(Pictures.turnedWebp(webp, 40, 20, orientation, false)));
        assertRedIs(red, small(Pictures.turnedWebp(webp, 40, 20, orientation, true)));
    }

    private static void assertRedIs(String red, BufferedImage small) {
        boolean isLying = red.equals("top") || red.equals("bottom");
        assertThat(small.getWidth()).isEqualTo(isLying ? 20 : 40);
        assertThat(small.getHeight()).isEqualTo(isLying ? 40 : 20);
        int x = red.equals("left") ? 4 : red.equals("right") ? 35 : 10;
        int y = red.equals("top") ? 4 : red.equals("bottom") ? 35 : 10;
        assertThat(colorAt(small, x, y)).isEqualTo("red");
        assertThat(colorAt(small, isLying ? x : 39 - x, isLying ? 39 - y : y)).isEqualTo("blue");
    }

    @Test
    void neverEnlarges() throws Exception {
        assertThat(small(Pictures.of("png", BufferedImage.TYPE_INT_RGB)).getWidth())
                .isEqualTo(7);
    }

    @Test
    void showsWhatIsTransparentOnWhite() throws Exception {
        BufferedImage small = small(Pictures.of("png", BufferedImage.TYPE_INT_ARGB));

        assertThat(small.getRGB(3, 3) & 0xffffff).isEqualTo(0xffffff);
    }

    @Test
    void readsAJpegOfPrintersColours() throws Exception {
        assertThat(small(cmykJpeg()).getWidth()).isEqualTo(40);
    }

    @Test
    void keepsTheThinnestPicture() throws Exception {
        BufferedImage small = small(Pictures.halves("png", 20_000, 1, RED, BLUE));

        assertThat(small.getWidth()).isEqualTo(64);
        assertThat(small.getHeight()).isEqualTo(1);
    }

    @Test
    @Timeout(5)
    void doesNotEvenBeginToReadWhatIsTooLarge() {
        byte[] bomb = Pictures.of("png", BufferedImage.TYPE_INT_RGB);
        bomb[18] = (byte) 0xff;
        bomb[22] = (byte) 0xff;

        assertThatThrownBy(() -> small(bomb)).isInstanceOf(NoSmallPicture.class).hasMessageContaining("pixels");
    }

    /** The screen of a GIF is one thing, the size of its frame another. */
    @Test
    void looksAtTheSizeOfTheFrameToo() throws Exception {
        byte[] gif = Pictures.halves("gif", 40, 20, RED, BLUE);
        int frame = indexOf(gif, new byte[] {0x2c, 0, 0, 0, 0, 40, 0, 20, 0});
        Arrays.fill(gif, frame + 5, frame + 9, (byte) 0xff);

        assertThatThrownBy(() -> small(gif)).isInstanceOf(NoSmallPicture.class).hasMessageContaining("pixels");
    }

    @Test
    @Timeout(20)
    void showsTheFirstFrameHoweverManyThereAre() throws Exception {
        byte[] gif = Pictures.halves("gif", 40, 20, RED, BLUE);
        byte[] other = Pictures.halves("gif", 40, 20, BLUE, RED);
        int frame = indexOf(other, new byte[] {0x2c, 0, 0, 0, 0, 40, 0, 20, 0});
        ByteArrayOutputStream film = new ByteArrayOutputStream();
        film.write(gif, 0, gif.length - 1);
        for (int count = 0; count < 20_000; count++) {
            film.write(other, frame, other.length - 1 - frame);
        }
        film.write(';');

        assertThat(colorAt(small(film.toByteArray()), 5, 10)).isEqualTo("red");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png", "gif", "bmp", "tiff"})
    @Timeout(60)
    void survivesBrokenPictures(String format) throws Exception {
        byte[] whole = Pictures.halves(format, 40, 20, RED, BLUE);
        Random random = new Random(7);
        for (int round = 0; round < 60; round++) {
            byte[] broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(small(broken).getWidth()).isPositive();
            } catch (IOException | NoSmallPicture refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    private BufferedImage small(byte[] picture) throws IOException, NoSmallPicture {
        Path file = Files.write(folder.resolve("picture"), picture);
        return ImageIO.read(new ByteArrayInputStream(new SmallPicture(64, 64, 1_000_000).of(file)));
    }

    private static String colorAt(BufferedImage picture, int x, int y) {
        int color = picture.getRGB(x, y);
        int red = color >> 16 & 0xff;
        int blue = color & 0xff;
        return red > 200 && blue < 60 ? "red" : blue > 200 && red < 60 ? "blue" : "neither";
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int start = 0; start <= bytes.length - part.length; start++) {
            if (Arrays.equals(bytes, start, start + part.length, part, 0, part.length)) {
                return start;
            }
        }
        throw new AssertionError("There is no such part");
    }

    private static byte[] cmykJpeg() throws IOException {
        WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 40, 20, 4, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(inks, null, null));
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
