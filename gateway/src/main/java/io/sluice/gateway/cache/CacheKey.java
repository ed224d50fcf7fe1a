package io.sluice.gateway.cache;

import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * What a service is asked for, with everything that tells it the address that the client used: links in its answer start
 * with that, so that an answer to one address must never be given at another.
 *
 * @param service who is asked
 * @param target path and query
 * @param address scheme, host, and all that a proxy in front says of them
 */
record CacheKey(String service, String target, String address) {

    private static final String FORWARDED = "forwarded";
    private static final String OF_A_PROXY = "x-forwarded-";
    private static final String OF_THE_CLIENT = "x-forwarded-for";

    static CacheKey of(String service, ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        StringBuilder address = new StringBuilder()
                .append(request.getURI().getScheme())
                .append("://")
                .append(Objects.requireNonNullElseGet(
                        headers.getFirst(HttpHeaders.HOST),
                        () -> String.valueOf(request.getURI().getRawAuthority())));
        TreeMap<String, String> said = new TreeMap<>();
        headers.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.equals(FORWARDED) || lower.startsWith(OF_A_PROXY) && !lower.equals(OF_THE_CLIENT)) {
                said.put(lower, String.join(",", values));
            }
        });
        said.forEach(
                (name, value) -> address.append('\n').append(name).append(':').append(value));
        return new CacheKey(service, targetOf(request), address.toString());
    }

    static String targetOf(ServerHttpRequest request) {
        String path = request.getURI().getRawPath();
        String query = request.getURI().getRawQuery();
        return query == null ? path : path + '?' + query;
    }

    int size() {
        return target.length() + address.length();
    }
}
