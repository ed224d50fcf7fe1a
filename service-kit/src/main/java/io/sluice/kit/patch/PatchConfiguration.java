package io.sluice.kit.patch;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** What a service does about JSON Patch; the gateway, which only passes requests on, does nothing. */
@AutoConfiguration
public class PatchConfiguration {

    @Bean
    JsonPatchFilter jsonPatchFilter() {
        return new JsonPatchFilter();
    }
}
