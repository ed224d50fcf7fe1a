package io.sluice.kit.replica;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the replicas of other services are used.
 *
 * @param refresh how often the name of a service is looked up; default 1 s
 * @param mostRequests as many requests as may be under way to one service; default 1000. Those beyond are refused at once, so
 *     that one service in trouble does not hold what the others need
 */
@Validated
@ConfigurationProperties("sluice.replicas")
public record ReplicaProperties(
        @DefaultValue("1s") Duration refresh,
        @DefaultValue("1000") @Positive int mostRequests) {}
