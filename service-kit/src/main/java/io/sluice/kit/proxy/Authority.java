package io.sluice.kit.proxy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host, with or without a port, as {@code Host} and {@code Forwarded} name it (RFC 9110 §7.2). */
public final class Authority {

    private static final Pattern WRITTEN =
            Pattern.compile("(?:[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?");

    private static final int LAST_PORT = 65_535;

    private Authority() {}

    /** Whether a link may lead there. */
    public static boolean isFit(String authority) {
        Matcher written = WRITTEN.matcher(authority);
        if (!written.matches()) {
            return false;
        }
        String port = written.group(1);
        if (port != null && Integer.parseInt(port) > LAST_PORT) {
            return false;
        }
        return !authority.startsWith("[")
                || AddressRange.address(authority.substring(1, authority.indexOf(']'))) != null;
    }

    static String withoutPort(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    }
}
