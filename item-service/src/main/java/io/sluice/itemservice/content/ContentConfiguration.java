package io.sluice.itemservice.content;

import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where the bytes are. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BlobProperties.class)
class ContentConfiguration {

    @Bean
    BlobStore blobStore(BlobProperties properties, Clock clock) {
        return new BlobStore(properties.folder(), clock);
    }
}
