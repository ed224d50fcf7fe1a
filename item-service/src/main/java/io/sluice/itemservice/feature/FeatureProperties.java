package io.sluice.itemservice.feature;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What may be done with feature vectors at once.
 *
 * @param mostAtOnce as many as one request may make, 1–100,000, default 10,000
 * @param searchesAtOnce searches for nearest neighbours that one replica carries out at the same time, 1–64, default 4;
 *     who comes when there are as many is asked to come again
 * @param longestSearch how long one may take, 1 s to 10 minutes, default 30 s
 */
@ConfigurationProperties("item-service.feature")
record FeatureProperties(
        @DefaultValue("10000") int mostAtOnce,
        @DefaultValue("4") int searchesAtOnce,
        @DefaultValue("30s") Duration longestSearch) {

    FeatureProperties {
        require("most-at-once", mostAtOnce, 100_000);
        require("searches-at-once", searchesAtOnce, 64);
        if (longestSearch.compareTo(Duration.ofSeconds(1)) < 0 || longestSearch.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("item-service.feature.longest-search must be from 1 s to 10 minutes");
        }
    }

    private static void require(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("item-service.feature." + name + " must be from 1 to " + most);
        }
    }
}
