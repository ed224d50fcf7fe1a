package io.sluice.itemservice.media;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The bounds of what is made of pictures. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ThumbnailProperties.class)
class MediaConfiguration {

    @Bean
    Limits limitsOfMedia(ThumbnailProperties thumbnails) {
        return Limits.of(
                Limit.entries(
                        "thumbnail-pixels",
                        thumbnails.mostPixels(),
                        "The pixels of a picture; of one with more there is no thumbnail"),
                Limit.entries("thumbnail-side", thumbnails.side(), "The pixels of the longer side of a thumbnail"),
                Limit.time("thumbnail-time", thumbnails.longest(), "How long a thumbnail may take to be made"));
    }
}
