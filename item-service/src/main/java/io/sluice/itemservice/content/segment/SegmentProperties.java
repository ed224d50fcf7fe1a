package io.sluice.itemservice.content.segment;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of the segments.
 *
 * @param largestBlob bytes of a file that is kept in a segment, 0 to 16 MB; a larger one has a file of its own; default
 *     256 KB, 0 for none but empty ones
 * @param memory as much of small files is in memory at the same time, of all uploads together; what is more than that is
 *     written to files; default 32 MB
 * @param roll a segment that is as large, or has 100,000 files, gets nothing more, 1 MB to 1 TB; default 256 MB
 * @param verifyOneIn of so many whole reads of small files that are longer than one piece of an answer, one is verified
 *     before anything is sent; shorter ones always are; default 16, 1 for all
 * @param graceAfterMove for how long a segment stays after everything in it was moved: longer than a read may take;
 *     default 10 min
 */
@ConfigurationProperties("item-service.segment")
public record SegmentProperties(
        @DefaultValue("256KB") DataSize largestBlob,
        @DefaultValue("32MB") DataSize memory,
        @DefaultValue("256MB") DataSize roll,
        @DefaultValue("16") int verifyOneIn,
        @DefaultValue("10m") Duration graceAfterMove) {

    private static final DataSize LARGEST_BLOB = DataSize.ofMegabytes(16);
    private static final DataSize LEAST_ROLL = DataSize.ofMegabytes(1);
    private static final DataSize LARGEST_ROLL = DataSize.ofTerabytes(1);

    public SegmentProperties {
        require("largest-blob", largestBlob, DataSize.ofBytes(0), LARGEST_BLOB);
        require("roll", roll, LEAST_ROLL, LARGEST_ROLL);
        if (memory.isNegative()) {
            throw new IllegalArgumentException(
                    "item-service.segment.memory is " + memory + "; it must not be negative");
        }
        if (verifyOneIn < 1) {
            throw new IllegalArgumentException(
                    "item-service.segment.verify-one-in is " + verifyOneIn + "; it must be 1 or more");
        }
    }

    private static void require(String name, DataSize value, DataSize least, DataSize most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("item-service.segment." + name + " is " + value + "; it must be "
                    + least.toBytes() + " to " + most.toBytes() + " bytes");
        }
    }
}
