package io.sluice.itemservice.annotation;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What may be done with annotations at once.
 *
 * @param mostAtOnce as many as one request may make, 1–100,000, default 10,000; the SDK makes 100
 * @param streamsAtOnce as many requests as may send any number of annotations at the same time to one replica, 1–1,000,
 *     default 8; each holds a few thousand of them, or a few large ones
 * @param longestSilence for how long nothing may come of such a request before it is given up, default 150 s
 * @param mostEvents as many events of one as are kept at least when it is changed often, 1–100,000, default 1,000; at most
 *     100 more
 * @param eventsKept for how long what has happened to one is kept, from a day, default 365 days; the last event of one that
 *     is there stays
 */
@ConfigurationProperties("item-service.annotation")
record AnnotationProperties(
        @DefaultValue("10000") int mostAtOnce,
        @DefaultValue("8") int streamsAtOnce,
        @DefaultValue("150s") Duration longestSilence,
        @DefaultValue("1000") int mostEvents,
        @DefaultValue("365d") Duration eventsKept) {

    AnnotationProperties {
        if (mostAtOnce < 1 || mostAtOnce > 100_000) {
            throw new IllegalArgumentException("item-service.annotation.most-at-once must be from 1 to 100000");
        }
        if (streamsAtOnce < 1 || streamsAtOnce > 1_000) {
            throw new IllegalArgumentException("item-service.annotation.streams-at-once must be from 1 to 1000");
        }
        if (longestSilence.isNegative() || longestSilence.isZero()) {
            throw new IllegalArgumentException("item-service.annotation.longest-silence must be more than nothing");
        }
        if (mostEvents < 1 || mostEvents > 100_000) {
            throw new IllegalArgumentException("item-service.annotation.most-events must be from 1 to 100000");
        }
        if (eventsKept.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException("item-service.annotation.events-kept must be at least a day");
        }
    }
}
