package io.sluice.kit.proxy;

import java.net.InetAddress;
import java.util.List;

/** Whose word about a client is taken. */
public final class TrustedProxies {

    private final List<AddressRange> ranges;
    private final boolean isPeerTrusted;

    private TrustedProxies(List<AddressRange> ranges, boolean isPeerTrusted) {
        this.ranges = ranges;
        this.isPeerTrusted = isPeerTrusted;
    }

    /**
     * Servers at these addresses.
     *
     * @param ranges such as {@code 10.0.0.0/8} or {@code 192.0.2.1}; none to believe nobody
     * @throws IllegalArgumentException when one is no address
     */
    public static TrustedProxies at(List<String> ranges) {
        return new TrustedProxies(
                ranges.stream()
                        .map(String::strip)
                        .filter(range -> !range.isEmpty())
                        .map(AddressRange::of)
                        .toList(),
                false);
    }

    /** Who is connected to us and nobody before them, as for a service, which only the gateway can reach. */
    public static TrustedProxies gatewayOnly() {
        return new TrustedProxies(List.of(), true);
    }

    boolean isPeerTrusted(InetAddress peer) {
        return isPeerTrusted || isTrusted(peer);
    }

    boolean isTrusted(InetAddress hop) {
        return ranges.stream().anyMatch(range -> range.contains(hop));
    }
}
