package io.sluice.itemservice.media;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How small pictures are made of large ones.
 *
 * @param side the longer side of a small picture, in pixels, 16–1,024; default 256
 * @param mostPixels of a picture with more none is made; default 50,000,000
 * @param atOnce as many as a replica makes at the same time, each in a process of its own; 0 for none; default 1
 * @param memory the heap of such a process, 64 MB or more; default 256 MB
 * @param longest how long one may take; default 30 s
 */
@ConfigurationProperties("item-service.thumbnail")
public record ThumbnailProperties(
        @DefaultValue("256") int side,
        @DefaultValue("50000000") long mostPixels,
        @DefaultValue("1") int atOnce,
        @DefaultValue("256MB") DataSize memory,
        @DefaultValue("30s") Duration longest) {

    private static final int SMALLEST_SIDE = 16;
    /** What a thumbnail may be set to, and what a client may ask for. */
    public static final int LARGEST_SIDE = 1_024;

    private static final int LEAST_MEGABYTES = 64;

    public ThumbnailProperties {
        if (side < SMALLEST_SIDE || side > LARGEST_SIDE) {
            throw new IllegalArgumentException("item-service.thumbnail.side must be 16 to 1024");
        }
        if (mostPixels < 1 || atOnce < 0 || longest.toMillis() < 1_000 || memory.toMegabytes() < LEAST_MEGABYTES) {
            throw new IllegalArgumentException(
                    "item-service.thumbnail: most-pixels must be 1 or more, at-once 0 or more, "
                            + "longest 1s or more, memory 64MB or more");
        }
    }
}
