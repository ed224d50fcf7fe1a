package io.sluice.itemservice.feature;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What may be done with feature vectors at once.
 *
 * @param mostAtOnce as many as one request may make, 1–100,000, default 10,000
 * @param searchesAtOnce searches for nearest neighbours that one replica carries out at the same time, 1–64, default 4;
 *     who comes when there are as many is asked to come again
 * @param longestSearch how long one may take, 1 s to 10 minutes, default 30 s
 * @param remembered bytes of vectors that one replica keeps in memory, so that a search in a set that nobody changes need not
 *     read them; 0 for none, default an eighth of the heap
 */
@ConfigurationProperties("item-service.feature")
record FeatureProperties(
        @DefaultValue("10000") int mostAtOnce,
        @DefaultValue("4") int searchesAtOnce,
        @DefaultValue("30s") Duration longestSearch,
        @Nullable DataSize remembered) {

    private static final int PART_OF_HEAP = 8;

    FeatureProperties {
        require("most-at-once", mostAtOnce, 100_000);
        require("searches-at-once", searchesAtOnce, 64);
        if (longestSearch.compareTo(Duration.ofSeconds(1)) < 0 || longestSearch.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("item-service.feature.longest-search must be from 1 s to 10 minutes");
        }
        if (remembered != null && remembered.isNegative()) {
            throw new IllegalArgumentException("item-service.feature.remembered must not be negative");
        }
    }

    long mostRemembered() {
        return remembered == null ? Runtime.getRuntime().maxMemory() / PART_OF_HEAP : remembered.toBytes();
    }

    private static void require(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException("item-service.feature." + name + " must be from 1 to " + most);
        }
    }
}
