package io.sluice.itemservice.item;

import io.sluice.kit.metric.Sampled;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How far the thumbnails are behind the uploads. */
@Configuration(proxyBeanMethods = false)
class ThumbnailMetrics {

    @Bean
    Sampled waitingThumbnails(ThumbnailJobs jobs) {
        return new Sampled(
                "sluice.thumbnails.waiting",
                "Thumbnails that are still to be made, by any replica",
                "state",
                () -> jobs.count().map(count -> Map.of("all", count)));
    }
}
