package io.sluice.gateway.cache;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What the gateway keeps of answers that everybody may have.
 *
 * @param enabled whether it keeps any; default true
 * @param size how much in all; default 64 MB
 * @param largest the longest body that is kept; default 1 MB
 * @param mostStale how long after its time an answer may stand in for a service that fails, where the answer itself allows
 *     it ({@code stale-if-error}); default 1 h, 0 for never
 */
@ConfigurationProperties("gateway.cache")
public record CacheProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("64MB") DataSize size,
        @DefaultValue("1MB") DataSize largest,
        @DefaultValue("1h") Duration mostStale) {}
