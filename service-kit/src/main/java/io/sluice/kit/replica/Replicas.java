package io.sluice.kit.replica;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * All replicas of one service. The next request goes to the one with the fewest under way, in turn where that is equal: so
 * the load is even, and one that hangs gets no more of it than it can hold.
 */
final class Replicas implements Disposable {

    private static final Logger log = LoggerFactory.getLogger(Replicas.class);

    private final URI service;
    private final Sinks.Empty<Void> known = Sinks.empty();
    private final AtomicInteger turn = new AtomicInteger();
    private final Disposable.Swap lookingUp = Disposables.swap();
    private volatile List<Replica> present;
    private boolean isLost;

    private Replicas(URI service, List<Replica> present) {
        this.service = service;
        this.present = present;
    }

    /**
     * The replicas behind an address.
     *
     * @param service where they answer; an IP address is one replica, and so is what answers by TLS, whose certificate is
     *     for the name
     * @param refresh how often the name is looked up
     */
    static Replicas of(URI service, Names names, Duration refresh) {
        String host = service.getHost();
        if (host == null || isNumber(host) || !"http".equals(service.getScheme())) {
            return new Replicas(service, List.of(new Replica(service.getRawAuthority())));
        }
        Replicas replicas = new Replicas(service, List.of());
        replicas.lookingUp.update(Mono.defer(() -> names.addressesOf(host))
                .doOnNext(replicas::are)
                .onErrorResume(failure -> {
                    replicas.cannotBeFound(failure);
                    return Mono.empty();
                })
                .repeatWhen(done -> done.delayElements(refresh))
                .subscribe());
        return replicas;
    }

    private static boolean isNumber(String host) {
        return host.startsWith("[") || NetUtil.isValidIpV4Address(host);
    }

    private synchronized void are(List<InetAddress> addresses) {
        List<Replica> before = present;
        List<Replica> after = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            String authority = authority(address);
            after.add(before.stream()
                    .filter(replica -> replica.authority().equals(authority))
                    .findFirst()
                    .orElseGet(() -> new Replica(authority)));
        }
        if (!after.isEmpty() && !(before.size() == after.size() && before.containsAll(after))) {
            present = List.copyOf(after);
            log.info(
                    "{} is at {}",
                    service,
                    after.stream().map(Replica::authority).toList());
        }
        isLost = false;
        known.tryEmitEmpty();
    }

    /** Goes on with what is known: name servers that are down must not stop the platform. */
    private synchronized void cannotBeFound(Throwable failure) {
        if (!isLost) {
            log.warn("No addresses for {}: {}", service, failure.toString());
        }
        isLost = true;
        known.tryEmitEmpty();
    }

    private String authority(InetAddress address) {
        String port = service.getPort() < 0 ? "" : ":" + service.getPort();
        return NetUtil.toAddressString(address).contains(":")
                ? "[" + NetUtil.toAddressString(address) + "]" + port
                : NetUtil.toAddressString(address) + port;
    }

    int count() {
        return present.size();
    }

    /** Which one to ask; waits only while the name has never been looked up. */
    Mono<Replica> next(List<Replica> tried) {
        Replica next = choose(tried);
        if (next != null) {
            return Mono.just(next);
        }
        return known.asMono()
                .then(Mono.fromSupplier(() -> choose(tried)))
                .switchIfEmpty(Mono.error(() -> new UnknownHostException(service.getHost())));
    }

    private @Nullable Replica choose(List<Replica> tried) {
        List<Replica> all = present;
        if (all.size() < 2) {
            return all.isEmpty() ? null : all.get(0);
        }
        long now = System.nanoTime();
        int first = turn.getAndIncrement();
        Replica best = null;
        Replica last = null;
        for (int place = 0; place < all.size(); place++) {
            Replica replica = all.get(Math.floorMod(first + place, all.size()));
            if (tried.contains(replica)) {
                continue;
            }
            if (replica.isToBeTried(now)) {
                return replica;
            }
            if (!replica.isIn()) {
                last = replica;
            } else if (best == null || replica.underWay() < best.underWay()) {
                best = replica;
            }
        }
        if (best != null) {
            return best;
        }
        // Where all are out it is better to ask one of them than none.
        return last != null ? last : all.get(Math.floorMod(first, all.size()));
    }

    @Override
    public void dispose() {
        lookingUp.dispose();
    }
}
