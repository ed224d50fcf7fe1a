package io.sluice.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTests {

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 KB",
        "99949,99.9 KB",
        "99950,100 KB",
        "999949,1000 KB",
        "1000000,1.0 MB",
        "3400000000,3.4 GB"
    })
    void bytesAreRoundedAsPeopleDo(double bytes, String words) {
        assertThat(Amounts.bytes(bytes)).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"0,0 s", "59,59 s", "60,1 min 0 s", "3599,59 min 59 s", "7500,2 h 5 min"})
    void timesHaveTwoUnits(long seconds, String words) {
        assertThat(Amounts.time(Duration.ofSeconds(seconds))).isEqualTo(words);
    }

    @Test
    void oneIsNoPlural() {
        assertThat(Amounts.items(1)).isEqualTo("1 item");
        assertThat(Amounts.items(1680)).isEqualTo("1,680 items");
    }
}
