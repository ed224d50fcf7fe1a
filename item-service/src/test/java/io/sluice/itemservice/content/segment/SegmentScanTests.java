package io.sluice.itemservice.content.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentScanTests {

    private static final String SEGMENT = "some";

    @TempDir
    private Path folder;

    private final List<HeldBytes> all = List.of(Small.of("first"), Small.of(""), Small.of("third, the longest"));
    private List<Place> places = List.of();
    private byte[] whole = new byte[0];

    @BeforeEach
    void write() throws IOException {
        try (SegmentWriter writer = SegmentWriter.create(folder, SEGMENT)) {
            places = new ArrayList<>(writer.append(all.subList(0, 1)));
            places.addAll(writer.append(all.subList(1, 3)));
        }
        whole = Files.readAllBytes(folder.resolve(SEGMENT));
    }

    /** What a walk has been told. */
    private record Told(List<String> records, List<String> damages, long end) {}

    private Told walk(byte[] file, boolean readsAll) throws IOException {
        Files.write(folder.resolve(SEGMENT), file);
        List<String> records = new ArrayList<>();
        List<String> damages = new ArrayList<>();
        long end = SegmentScan.walk(folder, SEGMENT, readsAll, new SegmentScan.Visitor() {
            @Override
            public void record(String sha256, Place place) {
                assertThat(places).contains(place);
                records.add(sha256);
            }

            @Override
            public void damage(long from, long to) {
                damages.add(from + "-" + to);
            }
        });
        return new Told(records, damages, end);
    }

    private List<String> digests(int count) {
        return all.stream().limit(count).map(HeldBytes::sha256).toList();
    }

    private long end(int record) {
        return places.get(record).offset() + places.get(record).length();
    }

    @Test
    void findsAllThatWasAppended() throws IOException {
        assertThat(walk(whole, true)).isEqualTo(new Told(digests(3), List.of(), whole.length));
        assertThat(walk(whole, false)).isEqualTo(new Told(digests(3), List.of(), whole.length));
    }

    @Test
    void ignoresAnEndThatIsTornAtAnyByte() throws IOException {
        for (int length = 0; length < whole.length; length++) {
            int wholeRecords = (int) places.stream().filter(isBefore(length)).count();
            byte[] torn = Arrays.copyOf(whole, length);

            Told told = walk(torn, true);

            assertThat(told)
                    .as("torn at %d", length)
                    .isEqualTo(
                            new Told(digests(wholeRecords), List.of(), wholeRecords == 0 ? 0 : end(wholeRecords - 1)));
            assertThat(walk(torn, false)).isEqualTo(told);
        }
    }

    private static Predicate<Place> isBefore(long length) {
        return place -> place.offset() + place.length() <= length;
    }

    /** A file system may have made the file longer without having written what belongs there. */
    @Test
    void ignoresAnEndOfZeros() throws IOException {
        assertThat(walk(Arrays.copyOf(whole, whole.length + 100_000), true))
                .isEqualTo(new Told(digests(3), List.of(), whole.length));
    }

    @Test
    void seesEachByteThatIsAnother() throws IOException {
        for (int at = 0; at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x10;

            Told told = walk(changed, true);

            assertThat(told.records()).as("changed at %d", at).hasSize(2);
            boolean isInTheLast = at >= places.get(2).offset();
            assertThat(told.damages().size() + (told.end() < whole.length ? 1 : 0))
                    .isEqualTo(1);
            assertThat(told.records()).isEqualTo(isInTheLast ? digests(2) : digestsWithout(at));
        }
    }

    private List<String> digestsWithout(int at) {
        List<String> others = new ArrayList<>();
        for (int record = 0; record < all.size(); record++) {
            boolean isIn = at >= places.get(record).offset() && at < end(record);
            if (!isIn) {
                others.add(all.get(record).sha256());
            }
        }
        return others;
    }

    // --- Reading

    @Test
    void readsWhatIsThere() throws IOException {
        SegmentReader reader = new SegmentReader(folder, 1);

        assertThat(reader.all(all.get(2).sha256(), places.get(2)))
                .isEqualTo(all.get(2).bytes());
        assertThat(reader.all(all.get(1).sha256(), places.get(1))).isEmpty();
        assertThat(reader.piece(all.get(2).sha256(), places.get(2), 7, 3))
                .isEqualTo("the".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void neverTakesOtherBytesForThoseThatAreAskedFor() throws IOException {
        SegmentReader reader = new SegmentReader(folder, 1);
        Place last = places.get(2);
        assertDamaged(() -> reader.all(all.get(0).sha256(), last));
        assertDamaged(() -> reader.all(all.get(2).sha256(), new Place(SEGMENT, last.offset() + 1, last.size())));
        assertDamaged(() -> reader.all(all.get(2).sha256(), new Place(SEGMENT, whole.length, last.size())));

        for (int at = (int) last.offset(); at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 0x01;
            Files.write(folder.resolve(SEGMENT), changed);
            assertDamaged(() -> reader.all(all.get(2).sha256(), last));
        }
    }

    /** Of a longer one the first piece is only sent when all of it is right. */
    @Test
    void verifiesALongOneBeforeItsFirstPiece() throws IOException {
        HeldBytes longOne = Small.of("long".repeat(40_000));
        Place place;
        try (SegmentWriter writer = SegmentWriter.create(folder, "long")) {
            place = writer.append(List.of(longOne)).get(0);
        }
        byte[] changed = Files.readAllBytes(folder.resolve("long"));
        changed[changed.length - 1] ^= 0x01;
        Files.write(folder.resolve("long"), changed);

        assertDamaged(() -> new SegmentReader(folder, 1).piece(longOne.sha256(), place, 0, SegmentReader.PIECE));
        assertThat(new SegmentReader(folder, 1000).piece(longOne.sha256(), place, 0, SegmentReader.PIECE))
                .hasSize(SegmentReader.PIECE);
    }

    private static void assertDamaged(ThrowingCallable attempt) {
        assertThatExceptionOfType(Damaged.class).isThrownBy(attempt);
    }
}
