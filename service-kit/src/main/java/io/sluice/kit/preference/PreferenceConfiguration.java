package io.sluice.kit.preference;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** What a service does about {@code Prefer}; the gateway, which only passes answers on, does nothing. */
@AutoConfiguration
public class PreferenceConfiguration {

    @Bean
    ReturnPreference returnPreference() {
        return new ReturnPreference();
    }
}
