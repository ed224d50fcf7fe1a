package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenPathsTests {

    @Test
    void knowsEveryPathThatCameBefore() {
        SeenPaths seen = new SeenPaths();

        assertThat(IntStream.range(0, 100_000).allMatch(number -> seen.add("/a/" + number)))
                .isTrue();
        assertThat(IntStream.range(0, 100_000).anyMatch(number -> seen.add("/a/" + number)))
                .isFalse();
        assertThat(seen.size()).isEqualTo(100_000);
    }
}
