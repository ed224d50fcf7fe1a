package io.sluice.itemservice.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.testing.Recordings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class MediaFactsTests {

    @TempDir
    private Path folder;

    @Test
    void readsMp4() throws IOException {
        assertThat(facts(Recordings.mp4())).contains(new MediaFacts(4.0, 640, 360, 25.0, 100L));
    }

    @Test
    void readsWebm() throws IOException {
        assertThat(facts(Recordings.webm())).contains(new MediaFacts(2.5, 320, 240, 30.0, 75L));
    }

    @Test
    void readsWav() throws IOException {
        assertThat(facts(Recordings.wav())).contains(MediaFacts.sound(1.5));
    }

    @Test
    void takesAWavThatIsCutOffForAsLongAsItIs() throws IOException {
        assertThat(facts(Arrays.copyOf(Recordings.wav(), 44 + 16_000))).contains(MediaFacts.sound(1));
    }

    @Test
    void readsMp3() throws IOException {
        assertThat(facts(Recordings.mp3()).orElseThrow().duration()).isBetween(2.6, 2.62);
        assertThat(facts(Recordings.mp3ThatSaysHowLong()).orElseThrow().duration())
                .isBetween(26.1, 26.2);
    }

    @Test
    void knowsNothingOfOtherFiles() throws IOException {
        assertThat(facts(new byte[0])).isEmpty();
        assertThat(facts("RIFF1234WEBP".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(facts(new byte[100])).isEmpty();
    }

    @Test
    @Timeout(60)
    void survivesWhateverAFileSays() throws IOException {
        Random random = new Random(11);
        for (byte[] whole : List.of(
                Recordings.mp4(),
                Recordings.webm(),
                Recordings.wav(),
                Recordings.mp3(),
                Recordings.mp3ThatSaysHowLong())) {
            for (int round = 0; round < 400; round++) {
                byte[] hostile = Arrays.copyOf(whole, 4 + random.nextInt(whole.length - 4));
                for (int damage = 0; damage < 4; damage++) {
                    int at = random.nextInt(Math.min(hostile.length, 500));
                    hostile[at] = random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt(256);
                }
                facts(hostile)
                        .map(MediaFacts::duration)
                        .ifPresent(seconds -> assertThat(seconds).isPositive());
            }
        }
    }

    private Optional<MediaFacts> facts(byte[] recording) throws IOException {
        return MediaFacts.of(Files.write(folder.resolve("recording"), recording));
    }
}
