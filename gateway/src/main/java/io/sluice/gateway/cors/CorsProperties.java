package io.sluice.gateway.cors;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which pages may call the platform from a browser.
 *
 * @param allowedOrigins such as {@code https://console.example.org}, or {@code *} for all; default none
 * @param maxAge how long a browser remembers the answer; default 1 h
 */
@ConfigurationProperties("gateway.cors")
public record CorsProperties(
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue("1h") Duration maxAge) {}
