package io.sluice.itemservice.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sluice.itemservice.testing.Pictures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import reactor.core.Exceptions;

class ThumbnailerTests {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Thumbnailer thumbnailer = thumbnailer(Duration.ofSeconds(20));

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        thumbnailer.destroy();
    }

    @Test
    void makesPicturesInAnotherProcess() throws IOException {
        Path large = Files.write(folder.resolve("large"), Pictures.halves("png", 400, 200, 0xff0000, 0xff));

        assertThat(widthOf(thumbnailer, large)).isEqualTo(64);
        assertThat(widthOf(thumbnailer, large)).isEqualTo(64);
    }

    @Test
    void saysWhyThereIsNone() throws IOException {
        Path broken = Files.writeString(folder.resolve("broken"), "no picture");

        assertThatThrownBy(() -> thumbnailer.jpegOf(broken).block(LONGEST))
                .hasCauseInstanceOf(NoSmallPicture.class)
                .hasMessageContaining("cannot be read as a picture");
    }

    /** A pipe that nobody writes to stands for whatever keeps the one who reads it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void endsAProcessThatTakesTooLongAndGoesOnWithAnother() throws Exception {
        Thumbnailer impatient = thumbnailer(Duration.ofSeconds(5));
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path picture = Files.write(folder.resolve("picture"), Pictures.halves("png", 400, 200, 0xff0000, 0xff));

        assertThatThrownBy(() -> impatient.jpegOf(pipe).block(LONGEST))
                .satisfies(late -> assertThat(Exceptions.unwrap(late)).isInstanceOf(TimeoutException.class));
        // On a busy machine a process may need longer than that to start.
        await().atMost(LONGEST).ignoreExceptions().until(() -> widthOf(impatient, picture) == 64);
        impatient.destroy();
    }

    @Test
    void losesThatProcessAndNoMoreToAPictureThatTakesTooMuchMemory() throws IOException {
        Path bomb = Files.write(folder.resolve("bomb"), Pictures.plainWebp(16_000, 16_000));
        Path picture = Files.write(folder.resolve("picture"), Pictures.plainWebp(400, 200));

        assertThatThrownBy(() -> thumbnailer.jpegOf(bomb).block(LONGEST)).hasCauseInstanceOf(IOException.class);
        assertThat(widthOf(thumbnailer, picture)).isEqualTo(64);
    }

    private static Thumbnailer thumbnailer(Duration longest) {
        return new Thumbnailer(new ThumbnailProperties(64, 300_000_000, 1, DataSize.ofMegabytes(64), longest));
    }

    private static int widthOf(Thumbnailer thumbnailer, Path picture) throws IOException {
        byte[] jpeg = Objects.requireNonNull(thumbnailer.jpegOf(picture).block(LONGEST));
        return ImageIO.read(new ByteArrayInputStream(jpeg)).getWidth();
    }
}
