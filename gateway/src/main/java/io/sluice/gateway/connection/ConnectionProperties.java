package io.sluice.gateway.connection;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How patient the gateway is with clients.
 *
 * @param idle how long nothing may move on a connection: between requests, in the middle of an upload, or while a client
 *     does not read its answer; default 150 s, because the SDK may pause for 120 s (contract core §13)
 * @param drain how long the rest of an upload is still read after it was refused; default 30 s
 */
@ConfigurationProperties("gateway.connection")
public record ConnectionProperties(
        @DefaultValue("150s") Duration idle,
        @DefaultValue("30s") Duration drain) {}
