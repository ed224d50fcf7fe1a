package io.sluice.gateway.upstream;

import jakarta.validation.constraints.Positive;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How patient the gateway is with the services.
 *
 * @param connectTimeout for a connection to be made; default 1 s
 * @param patience how long a service may do nothing while it is its turn: neither begin its answer once it has the whole
 *     request, nor go on with it, nor take more of an upload; default 60 s, half of what the SDK waits
 * @param connections most connections to one service; default 500, several SDKs with 100 each
 * @param acquireTimeout how long a request waits for one of them; default 2 s
 * @param keepIdle how long a connection is kept for the next request; default 30 s, less than the services keep it
 * @param largestHead longest head of an answer; default 32 KB
 */
@Validated
@ConfigurationProperties("gateway.upstream")
public record UpstreamProperties(
        @DefaultValue("1s") Duration connectTimeout,
        @DefaultValue("60s") Duration patience,
        @DefaultValue("500") @Positive int connections,
        @DefaultValue("2s") Duration acquireTimeout,
        @DefaultValue("30s") Duration keepIdle,
        @DefaultValue("32KB") DataSize largestHead) {}
