package io.sluice.kit.proxy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * Who sent a request and to what address, as far as trusted proxies have said it. Their list is read from its end, where
 * the nearest has written, until somebody comes who is not trusted: that is the client. What a client may have written
 * itself stands before that and is not read.
 *
 * @param client the last in the row who is not trusted; the first of all when everybody is
 * @param scheme {@code http} or {@code https}
 * @param host with or without a port
 * @param prefix what the proxy takes away from the start of each path, without a slash at its end
 */
record Origin(
        InetAddress client,
        @Nullable String scheme,
        @Nullable String host,
        @Nullable String port,
        @Nullable String prefix) {

    static final String FORWARDED = "Forwarded";
    static final String FOR = "X-Forwarded-For";
    static final String PREFIX = "X-Forwarded-Prefix";

    private static final Pattern SCHEME = Pattern.compile("(?i)https?");
    private static final Pattern PORT = Pattern.compile("\\d{1,5}");
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]{1,100}){1,8}");

    /** One {@code name=value} of an element of {@code Forwarded}, and what parts it from the next (RFC 7239 §4). */
    private static final Pattern PAIR =
            Pattern.compile("\\s*([A-Za-z]+)=(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s\",;=]*+))\\s*([;,]|$)");

    /** Of a request from a trusted peer; {@code Forwarded} wins over the older headers. */
    static Origin of(InetAddress peer, HttpHeaders headers, TrustedProxies trusted) {
        return headers.containsHeader(FORWARDED)
                ? ofStandard(peer, headers, trusted)
                : ofCustomary(peer, headers, trusted);
    }

    private static Origin ofStandard(InetAddress peer, HttpHeaders headers, TrustedProxies trusted) {
        List<Map<String, String>> elements = elements(String.join(",", headers.getOrEmpty(FORWARDED)));
        Hops hops = Hops.walk(
                peer, elements.stream().map(element -> element.get("for")).toList(), trusted);
        List<Map<String, String>> believed =
                elements.subList(Math.max(0, elements.size() - hops.believed()), elements.size());
        return new Origin(
                hops.client(),
                fit(SCHEME, first(believed, "proto")),
                fitHost(first(believed, "host")),
                null,
                fit(PATH, told(headers, PREFIX, hops)));
    }

    private static Origin ofCustomary(InetAddress peer, HttpHeaders headers, TrustedProxies trusted) {
        Hops hops = Hops.walk(peer, list(headers, FOR), trusted);
        String host = told(headers, "X-Forwarded-Host", hops);
        String port = told(headers, "X-Forwarded-Port", hops);
        // What cannot be read is not believed, as if neither had been sent.
        boolean isReadable = (host == null || fitHost(host) != null) && (port == null || fit(PORT, port) != null);
        return new Origin(
                hops.client(),
                fit(SCHEME, told(headers, "X-Forwarded-Proto", hops)),
                isReadable ? host : null,
                isReadable ? port : null,
                fit(PATH, told(headers, PREFIX, hops)));
    }

    /** The value that the outermost trusted proxy has written; one that a proxy replaces has fewer than the addresses. */
    private static @Nullable String told(HttpHeaders headers, String name, Hops hops) {
        List<String> values = list(headers, name);
        return values.isEmpty() ? null : values.get(Math.max(0, values.size() - hops.believed()));
    }

    private static List<String> list(HttpHeaders headers, String name) {
        return headers.getOrEmpty(name).stream()
                .flatMap(line -> Arrays.stream(line.split(",")))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .toList();
    }

    private static @Nullable String fit(Pattern pattern, @Nullable String value) {
        return value != null && pattern.matcher(value).matches() ? value : null;
    }

    private static @Nullable String fitHost(@Nullable String host) {
        return host != null && Authority.isFit(host) ? host : null;
    }

    private static @Nullable String first(List<Map<String, String>> elements, String name) {
        return elements.stream()
                .flatMap(element -> Stream.ofNullable(element.get(name)))
                .findFirst()
                .orElse(null);
    }

    /** The elements of {@code Forwarded}; none when it is not written as it must be. */
    private static List<Map<String, String>> elements(String text) {
        List<Map<String, String>> elements = new ArrayList<>();
        Map<String, String> element = new HashMap<>();
        Matcher pair = PAIR.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!pair.find(at) || pair.start() != at) {
                return List.of();
            }
            String quoted = pair.group(2);
            element.put(
                    pair.group(1).toLowerCase(Locale.ROOT),
                    quoted == null ? pair.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
            at = pair.end();
            if (!pair.group(4).equals(";")) {
                elements.add(element);
                element = new HashMap<>();
            }
        }
        return elements;
    }

    /**
     * The way back along the list.
     *
     * @param believed how many of its last entries trusted servers have written, at least 1: what our peer has written
     */
    private record Hops(InetAddress client, int believed) {

        static Hops walk(InetAddress peer, List<@Nullable String> told, TrustedProxies trusted) {
            InetAddress client = peer;
            int next = told.size() - 1;
            boolean isBelieved = trusted.isPeerTrusted(peer);
            while (isBelieved && next >= 0) {
                InetAddress before = address(told.get(next));
                if (before == null) {
                    break;
                }
                client = before;
                next--;
                isBelieved = trusted.isTrusted(client);
            }
            return new Hops(client, Math.max(1, told.size() - 1 - next));
        }

        /** Some proxies add the port. */
        private static @Nullable InetAddress address(@Nullable String told) {
            if (told == null) {
                return null;
            }
            if (told.startsWith("[")) {
                int end = told.indexOf(']');
                return end < 0 ? null : AddressRange.address(told.substring(1, end));
            }
            int colon = told.indexOf(':');
            boolean hasPort = colon >= 0 && colon == told.lastIndexOf(':');
            return AddressRange.address(hasPort ? told.substring(0, colon) : told);
        }
    }
}
