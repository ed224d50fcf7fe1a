package io.sluice.modelservice.inference;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much may be asked directly.
 *
 * @param largestRequest a body, default 64 MB
 * @param bodies that all bodies under way may take together, default 256 MB
 * @param longestSilence how long nothing may come of a body; default 30 s
 */
@ConfigurationProperties("model-service.inference")
record InferenceProperties(
        @DefaultValue("64MB") DataSize largestRequest,
        @DefaultValue("256MB") DataSize bodies,
        @DefaultValue("30s") Duration longestSilence) {}
