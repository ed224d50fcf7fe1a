package io.sluice.kit.representation;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** XML beside JSON at the edge of a service. */
@AutoConfiguration
public class RepresentationConfiguration {

    @Bean
    RepresentationEdge representationEdge() {
        return new RepresentationEdge();
    }

    @Bean
    OnOffer onOffer() {
        return new OnOffer();
    }
}
