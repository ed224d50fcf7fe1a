package io.sluice.datasetservice.deletion;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How deletions are worked off.
 *
 * @param poll how often to look for deletions that another replica or an earlier run has left; one that is asked for
 *     here starts at once
 * @param lease how long a deletion belongs to a worker that no longer says it is alive
 * @param longestPause the longest wait after a failure; the first is a second, each further one doubles it
 */
@ConfigurationProperties("dataset-service.deletion")
public record DeletionProperties(
        @DefaultValue("5s") Duration poll,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("30s") Duration longestPause) {}
