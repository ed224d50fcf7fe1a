package io.sluice.kit.proxy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that begin alike (RFC 4632).
 *
 * @param start an address of the range
 * @param bits how many bits of it all others share
 */
record AddressRange(InetAddress start, int bits) {

    /**
     * @param text such as {@code 10.0.0.0/8}, {@code 2001:db8::/32} or {@code 192.0.2.1}
     * @throws IllegalArgumentException when it is none of that
     */
    static AddressRange of(String text) {
        int slash = text.indexOf('/');
        InetAddress start = address(slash < 0 ? text : text.substring(0, slash));
        if (start == null) {
            throw new IllegalArgumentException(text + " is no IP address, and no range such as 10.0.0.0/8");
        }
        int most = start.getAddress().length * Byte.SIZE;
        return new AddressRange(start, slash < 0 ? most : bits(text, slash + 1, most));
    }

    private static int bits(String text, int from, int most) {
        String digits = text.substring(from);
        int bits = digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException(text + ": what follows the slash must be 0 to " + most);
        }
        return bits;
    }

    boolean contains(InetAddress address) {
        byte[] ours = start.getAddress();
        byte[] theirs = Objects.requireNonNull(address.getAddress());
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int mask = 0xff << Math.max(0, Byte.SIZE - (bits - bit));
            if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask & 0xff) != 0) {
                return false;
            }
        }
        return true;
    }

    /** What is an address already; a name is never looked up. */
    static @Nullable InetAddress address(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text);
    }
}
