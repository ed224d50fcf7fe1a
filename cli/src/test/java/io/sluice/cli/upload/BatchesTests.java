package io.sluice.cli.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchesTests {

    private static final int MEGABYTE = 1024 * 1024;

    private final List<List<LocalFile>> ready = new ArrayList<>();
    private final Batches batches = new Batches(ready::add);

    private void add(int count, long size) {
        for (int index = 0; index < count; index++) {
            batches.add(new LocalFile(Path.of("f"), "/f" + index, size, null));
        }
    }

    private List<Integer> sizes() {
        batches.flush();
        return ready.stream().map(List::size).toList();
    }

    @Test
    void smallFilesGoByTheirNumber() {
        add(1_200, 1_000);

        assertThat(sizes()).containsExactly(250, 250, 250, 250, 200);
    }

    @Test
    void largerOnesByTheirBytes() {
        add(10, 5 * MEGABYTE);

        assertThat(sizes()).containsExactly(2, 2, 2, 2, 2);
    }

    @Test
    void aLargeOneGoesAloneAndAtOnce() {
        add(3, 10);
        add(1, 9 * MEGABYTE);

        assertThat(ready).hasSize(1);
        assertThat(sizes()).containsExactly(1, 3);
    }

    @Test
    void nothingIsNoBatch() {
        assertThat(sizes()).isEmpty();
    }
}
