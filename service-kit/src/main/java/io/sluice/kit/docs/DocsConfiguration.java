package io.sluice.kit.docs;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/**
 * Makes the OpenAPI document of a service complete: whom each operation answers, what may go wrong, which headers and forms
 * there are, and an example. A service adds its own title by {@code @OpenAPIDefinition}, an operation its summary by {@code
 * @Operation}, and {@code <service>-operations.json} the id and the example of each.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "springdoc.api-docs.enabled", matchIfMissing = true)
public class DocsConfiguration {

    @Bean
    GlobalOpenApiCustomizer everyOperation(@Value("${spring.application.name}") String service) {
        return new EveryOperation(service, Samples.of(service));
    }

    @Bean
    GlobalOperationCustomizer rights() {
        return new Rights();
    }

    @Bean
    RecordSchemas recordSchemas() {
        return new RecordSchemas();
    }
}
