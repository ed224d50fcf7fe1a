package io.sluice.kit.observation;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Where traces are collected.
 *
 * @param endpoint the address of whoever takes them by OTLP over HTTP, such as {@code http://collector:4318}; empty for nobody
 * @param sampling the part of the traces that begin here to be collected, 0 to 1; others say for themselves. Default 0.1
 */
@Validated
@ConfigurationProperties("sluice.tracing")
record TracingProperties(
        @Nullable String endpoint,

        @DecimalMin("0") @DecimalMax("1") @DefaultValue("0.1")
        double sampling) {

    boolean isWanted() {
        return endpoint != null && !endpoint.isBlank();
    }
}
