package io.sluice.kit.proxy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Where a request comes from, as far as one client can be told from another. */
public final class ClientNetwork {

    private static final String UNKNOWN = "unknown";

    /** What one household or one rented machine gets of IPv6: a network of 64 bits. */
    private static final int NETWORK_BYTES = 8;

    private ClientNetwork() {}

    /** The IPv4 address, or the network of the IPv6 address, of the client as trusted proxies saw it. */
    public static String of(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress address = remote == null ? null : remote.getAddress();
        if (address == null) {
            return UNKNOWN;
        }
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
                : address.getHostAddress();
    }
}
