package io.sluice.kit.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.springframework.beans.factory.ObjectProvider;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider.MeterRegistrar;

/** How much of the connections to other services is in use; a pool for each address that they have. */
public final class ConnectionPools implements MeterRegistrar {

    private final ObjectProvider<MeterRegistry> registry;
    private final Map<String, List<Meter>> pools = new ConcurrentHashMap<>();

    ConnectionPools(ObjectProvider<MeterRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public void registerMetrics(String pool, String id, SocketAddress remote, ConnectionPoolMetrics figures) {
        Tags tags = Tags.of("pool", pool, "remote", name(remote));
        pools.put(
                key(pool, id, remote),
                List.of(
                        gauge(
                                "sluice.connections.active",
                                "In use",
                                tags,
                                figures,
                                ConnectionPoolMetrics::acquiredSize),
                        gauge(
                                "sluice.connections.idle",
                                "Ready to be used",
                                tags,
                                figures,
                                ConnectionPoolMetrics::idleSize),
                        gauge(
                                "sluice.connections.pending",
                                "Requests that wait for one",
                                tags,
                                figures,
                                ConnectionPoolMetrics::pendingAcquireSize),
                        gauge(
                                "sluice.connections.max",
                                "As many as there may be",
                                tags,
                                figures,
                                ConnectionPoolMetrics::maxAllocatedSize)));
    }

    private Meter gauge(
            String name,
            String description,
            Tags tags,
            ConnectionPoolMetrics figures,
            ToIntFunction<ConnectionPoolMetrics> figure) {
        return Gauge.builder(name, figures, figure::applyAsInt)
                .description(description)
                .tags(tags)
                // Nobody else holds it for as long as the pool lives.
                .strongReference(true)
                .register(registry.getObject());
    }

    @Override
    public void deRegisterMetrics(String pool, String id, SocketAddress remote) {
        List<Meter> gone = pools.remove(key(pool, id, remote));
        if (gone != null) {
            gone.forEach(meter -> registry.getObject().remove(meter));
        }
    }

    private static String key(String pool, String id, SocketAddress remote) {
        return pool + ' ' + id + ' ' + remote;
    }

    private static String name(SocketAddress remote) {
        return remote instanceof InetSocketAddress address
                ? address.getHostString() + ':' + address.getPort()
                : "other";
    }
}
