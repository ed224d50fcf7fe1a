package io.sluice.itemservice.annotation;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What may be done with annotations at once.
 *
 * @param mostAtOnce as many as one request may make, 1–100,000, default 10,000; the SDK makes 100
 */
@ConfigurationProperties("item-service.annotation")
record AnnotationProperties(@DefaultValue("10000") int mostAtOnce) {

    AnnotationProperties {
        if (mostAtOnce < 1 || mostAtOnce > 100_000) {
            throw new IllegalArgumentException("item-service.annotation.most-at-once must be from 1 to 100000");
        }
    }
}
