package io.sluice.kit.drain;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.context.annotation.Bean;

/** Every service and the gateway stop in the same way. */
@AutoConfiguration
public class DrainConfiguration {

    @Bean
    Drain drain(@Value("${sluice.drain:0s}") Duration pause) {
        return new Drain(pause);
    }

    @Bean
    LastAnswers lastAnswers(ApplicationAvailability availability) {
        return new LastAnswers(availability);
    }
}
