package io.sluice.kit.representation;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * XML, lines and CSV beside JSON. {@code sluice.representations} says of what: of {@code all} answers (the default), or of
 * {@code problems}, for what passes on the answers of others.
 */
@AutoConfiguration
public class RepresentationConfiguration {

    private static final String OF = "sluice.representations";
    private static final String ALL = "all";

    @Bean
    @ConditionalOnProperty(name = OF, havingValue = ALL, matchIfMissing = true)
    RepresentationEdge representationEdge() {
        return new RepresentationEdge();
    }

    @Bean
    @ConditionalOnProperty(name = OF, havingValue = ALL, matchIfMissing = true)
    OnOffer onOffer() {
        return new OnOffer();
    }

    @Bean
    @ConditionalOnProperty(name = OF, havingValue = "problems")
    ProblemEdge problemEdge() {
        return new ProblemEdge();
    }
}
