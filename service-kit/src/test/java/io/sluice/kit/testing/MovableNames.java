package io.sluice.kit.testing;

import io.sluice.kit.replica.Names;
import io.sluice.kit.replica.Peers;
import io.sluice.kit.replica.ReplicaProperties;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/** Names whose addresses a test sets, and changes as it goes. */
public final class MovableNames implements Names {

    private final Map<String, List<InetAddress>> addresses = new ConcurrentHashMap<>();

    /** From now on a host is at these addresses of this machine; nobody knows it when there are none. */
    public void move(String host, String... to) {
        addresses.put(host, Arrays.stream(to).map(MovableNames::address).toList());
    }

    private static InetAddress address(String number) {
        try {
            return InetAddress.getByName(number);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    public Mono<List<InetAddress>> addressesOf(String host) {
        List<InetAddress> known = addresses.getOrDefault(host, List.of());
        return known.isEmpty() ? Mono.error(new UnknownHostException(host)) : Mono.just(known);
    }

    /** Peers that are found by these names, which are looked up ten times a second. */
    public Peers peers() {
        return peers(1000);
    }

    public Peers peers(int mostRequests) {
        return new Peers(new ReplicaProperties(Duration.ofMillis(100), mostRequests), this);
    }
}
