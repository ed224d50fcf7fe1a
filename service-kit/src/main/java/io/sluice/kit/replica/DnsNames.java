package io.sluice.kit.replica;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Asks the name servers of this machine each time: the JVM's own look-up blocks, and remembers what it has heard for half a
 * minute.
 */
final class DnsNames implements Names, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final DnsNameResolver resolver;

    DnsNames(LoopResources loops) {
        EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
        this.resolver = new DnsNameResolverBuilder(group.next())
                .datagramChannelFactory(() -> loops.onChannel(DatagramChannel.class, group))
                // For answers that do not fit into a datagram, as those of many replicas.
                .socketChannelFactory(() -> loops.onChannel(SocketChannel.class, group))
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .queryTimeoutMillis(PATIENCE.toMillis())
                .build();
    }

    @Override
    public Mono<List<InetAddress>> addressesOf(String host) {
        return Mono.<List<InetAddress>>create(sink -> resolver.resolveAll(host).addListener(answer -> {
                    if (answer.isSuccess()) {
                        @SuppressWarnings("unchecked")
                        List<InetAddress> addresses = (List<InetAddress>) answer.getNow();
                        sink.success(addresses);
                    } else {
                        sink.error(answer.cause());
                    }
                }))
                .map(DnsNames::once);
    }

    /** A replica with an address of either kind is one replica. */
    private static List<InetAddress> once(List<InetAddress> addresses) {
        List<InetAddress> four =
                addresses.stream().filter(Inet4Address.class::isInstance).toList();
        return four.isEmpty() ? addresses : four;
    }

    @Override
    public void close() {
        resolver.close();
    }
}
