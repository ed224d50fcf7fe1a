package io.sluice.authservice.guess;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** Tells where a request comes from, as far as that can be believed. */
@Component
public class ClientAddresses {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String UNKNOWN = "unknown";

    /** Only what is an address already, so that nothing is ever looked up. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    /** What one household or one rented machine gets of IPv6: a network of 64 bits. */
    private static final int NETWORK_BYTES = 8;

    private final int proxies;

    ClientAddresses(GuessProperties properties) {
        this.proxies = properties.proxies();
    }

    /** The IPv4 address, or the network of the IPv6 address, that the outermost of our own proxies saw. */
    public String of(ServerHttpRequest request) {
        List<String> hops = request.getHeaders().getOrEmpty(FORWARDED_FOR).stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .toList();
        if (proxies == 0 || hops.isEmpty()) {
            InetSocketAddress remote = request.getRemoteAddress();
            return remote == null || remote.getAddress() == null ? UNKNOWN : network(remote.getAddress());
        }
        return network(hops.get(Math.max(0, hops.size() - proxies)));
    }

    private static String network(String address) {
        if (!ADDRESS.matcher(address).matches()) {
            return UNKNOWN;
        }
        try {
            return network(InetAddress.getByName(address));
        } catch (UnknownHostException noAddress) {
            return UNKNOWN;
        }
    }

    private static String network(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(address.getAddress(), 0, NETWORK_BYTES)
                : address.getHostAddress();
    }
}
