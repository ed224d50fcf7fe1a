package io.sluice.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTests {

    @Test
    void saysHowFarHowFastAndHowLongYet() {
        Progress half = new Progress(840, 60_000_000, 1680, 120_000_000, true, Duration.ofSeconds(30));

        assertThat(half.text()).isEqualTo("840 of 1,680 items, 60.0 MB of 120 MB, 2.0 MB/s, 28 items/s, 30 s left");
    }

    @Test
    void promisesNothingBeforeEverythingIsCounted() {
        Progress begun = new Progress(12, 1_500, 900, 80_000, false, Duration.ofSeconds(2));

        assertThat(begun.text()).isEqualTo("12 items, 1.5 KB, 750 B/s, 6 items/s");
    }

    @Test
    void guessesNoSpeedInTheFirstSecond() {
        Progress first = new Progress(1, 10, 1, 10, true, Duration.ofMillis(300));

        assertThat(first.text()).isEqualTo("1 of 1 item, 10 B of 10 B");
    }

    @Test
    void hasABarWhereThereIsRoomForOne() {
        Progress half = new Progress(5, 50, 10, 100, true, Duration.ofSeconds(10));

        assertThat(half.line(120)).startsWith("[==========>         ] 50 % 5 of 10 items");
        assertThat(half.line(60)).startsWith("5 of 10 items");
    }

    @Test
    void neverWrapsTheLine() {
        Progress far = new Progress(123_456, 9_876_543_210L, 1_000_000, 80_000_000_000L, true, Duration.ofHours(3));

        for (int columns = 40; columns < 200; columns++) {
            assertThat(far.line(columns)).hasSizeLessThan(columns);
        }
    }

    @Test
    void ofNothingIsNoNumber() {
        Progress nothing = new Progress(0, 0, 0, 0, true, Duration.ofSeconds(5));

        assertThat(nothing.line(100)).contains("0 of 0 items").doesNotContain("NaN");
    }
}
