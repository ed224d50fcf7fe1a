package io.sluice.kit.metric;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where Prometheus finds figures about this process. Not at the port that clients use.
 *
 * @param port where they are served; empty for no figures at all, 0 when whoever has started this serves them. Default empty
 * @param address who can reach that port; default this machine
 */
@ConfigurationProperties("sluice.metrics")
record MetricProperties(
        @Nullable Integer port, @DefaultValue("127.0.0.1") InetAddress address) {}
