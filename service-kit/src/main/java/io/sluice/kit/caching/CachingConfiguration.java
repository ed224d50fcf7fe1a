package io.sluice.kit.caching;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Tells caches about the answers to all reads. */
@AutoConfiguration
public class CachingConfiguration {

    @Bean
    ReadFilter readFilter() {
        return new ReadFilter();
    }
}
