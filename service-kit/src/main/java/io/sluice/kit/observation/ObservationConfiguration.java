package io.sluice.kit.observation;

import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.json.JsonMapper;

/** Traces always; whoever wants to hear of requests says so by a bean. */
@AutoConfiguration
@EnableConfigurationProperties(TracingProperties.class)
public class ObservationConfiguration {

    @Bean
    RequestObservation requestObservation(ObjectProvider<RequestObserver> observers, TracingProperties tracing) {
        return new RequestObservation(observers.orderedStream().toList(), tracing.isWanted() ? tracing.sampling() : 0);
    }

    @Bean
    @ConditionalOnMissingBean
    Routes routes() {
        return attributes -> null;
    }

    @Bean
    @ConditionalOnExpression("!'${sluice.tracing.endpoint:}'.isBlank()")
    SpanExport spanExport(
            TracingProperties tracing,
            Routes routes,
            ReactorResourceFactory resources,
            JsonMapper json,
            Clock clock,
            @Value("${spring.application.name}") String service) {
        return new SpanExport(
                Objects.requireNonNull(tracing.endpoint()), service, routes, resources.getLoopResources(), json, clock);
    }
}
