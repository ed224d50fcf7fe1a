package io.sluice.itemservice.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpansionTests {

    @Test
    void takesMuchOfWhatIsLargeAndSomeOfWhatIsSmall() throws IOException {
        Expansion expansion = new Expansion();
        expansion.unpacked(Expansion.FREE);
        expansion.came(1_000);

        expansion.unpacked(1_000L * Expansion.MOST);

        assertThatThrownBy(() -> expansion.unpacked(1)).isInstanceOf(Archive.Unreadable.class);
    }

    /** Ten gigabytes of nothing, packed twice, which makes ten kilobytes of them. */
    @Test
    void stopsUnpackingLongBeforeTheEndOfNothing() throws IOException {
        InputStream plain = new BulkBody(BulkBody.Format.TAR, List.of(BulkBody.Coding.ZSTD, BulkBody.Coding.ZSTD))
                .unpacked(new ByteArrayInputStream(nothing()));
        byte[] some = new byte[1024 * 1024];
        long[] read = {0};

        assertThatThrownBy(() -> {
                    for (int count = 0; count >= 0; count = plain.read(some)) {
                        read[0] += count;
                    }
                })
                .isInstanceOf(Archive.Unreadable.class)
                .hasMessageContaining("200 times");
        assertThat(read[0]).isLessThan(Expansion.FREE + 10L * 1024 * 1024);
    }

    private static byte[] nothing() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZstdOutputStream zeros = new ZstdOutputStream(new ZstdOutputStream(packed))) {
            byte[] some = new byte[1024 * 1024];
            for (int count = 0; count < 10 * 1024; count++) {
                zeros.write(some);
            }
        }
        assertThat(packed.size()).isLessThan(20 * 1024);
        return packed.toByteArray();
    }
}
