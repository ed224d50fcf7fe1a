package io.sluice.itemservice.item;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * How many files a dataset had, by ranges of their ids, when each range was last counted for good.
 *
 * @param ranges without gaps, the first from {@link #BEGIN}, the last without end; empty while nothing is known
 */
@Document("item_counts")
record CountedDataset(@Id String datasetId, @Version long version, List<Range> ranges) {

    /** Not above any id. */
    static final String BEGIN = "0".repeat(24);

    /** Above every id. */
    static final String END = "g";

    /** @param from the lowest id that may be in it; it ends where the next one begins */
    record Range(String from, FileCount count, Instant countedAt) {}

    static CountedDataset unknown(String datasetId) {
        return new CountedDataset(datasetId, 0, List.of());
    }

    boolean isKnown() {
        return !ranges.isEmpty();
    }

    /** Where the range of that number ends. */
    String end(int index) {
        return index + 1 < ranges.size() ? ranges.get(index + 1).from() : END;
    }

    /** For each range, whether somebody has said that files came or went there. */
    boolean[] touchedBy(List<ChangeMarks.Cell> cells) {
        boolean[] touched = new boolean[ranges.size()];
        if (!isKnown()) {
            return touched;
        }
        for (ChangeMarks.Cell cell : cells) {
            for (int index = rangeOf(cell.first()); index <= rangeOf(cell.last()); index++) {
                touched[index] = true;
            }
        }
        return touched;
    }

    private int rangeOf(String id) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (ranges.get(middle).from().compareTo(id) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The range that was counted longest ago. */
    int oldest() {
        List<Integer> indexes = new ArrayList<>();
        for (int index = 0; index < ranges.size(); index++) {
            indexes.add(index);
        }
        return indexes.stream()
                .min(Comparator.comparing(index -> ranges.get(index).countedAt()))
                .orElse(-1);
    }

    /** These ranges instead, small neighbours made one. */
    CountedDataset with(List<Range> counted, long smallest) {
        List<Range> merged = new ArrayList<>();
        for (Range range : counted) {
            Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && last.count().all() + range.count().all() <= smallest) {
                Instant earlier = last.countedAt().isBefore(range.countedAt()) ? last.countedAt() : range.countedAt();
                merged.set(
                        merged.size() - 1, new Range(last.from(), last.count().plus(range.count()), earlier));
            } else {
                merged.add(range);
            }
        }
        return new CountedDataset(datasetId, version, merged);
    }
}
