package io.sluice.kit.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Makes {@code Allow} say all that a resource can do, in answers to {@code OPTIONS} and in 405 alike (RFC 9110 §10.2.1):
 * the framework leaves {@code HEAD} and {@code OPTIONS} out of the latter. Where something can be patched,
 * {@code Accept-Patch} says in what formats (RFC 5789 §3.1).
 */
class AllowedMethods implements WebFilter {

    /** What a PATCH takes unless its operation says something else: JSON in which what is left out stays as it is. */
    private static final List<MediaType> PATCHES =
            List.of(MediaType.APPLICATION_JSON, MediaType.valueOf("application/merge-patch+json"));

    /** What can be read as well takes that, too: {@link io.sluice.kit.patch}. */
    private static final MediaType JSON_PATCH = MediaType.valueOf("application/json-patch+json");

    /** The order in which they are told; any other comes behind. */
    private static final List<HttpMethod> ORDER = List.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse()
                .beforeCommit(() ->
                        Mono.fromRunnable(() -> complete(exchange.getResponse().getHeaders())));
        return chain.filter(exchange);
    }

    private static void complete(HttpHeaders headers) {
        if (!headers.containsHeader(HttpHeaders.ALLOW)) {
            return;
        }
        Set<HttpMethod> allowed = headers.getAllow();
        List<HttpMethod> all = new ArrayList<>(ORDER);
        allowed.stream().filter(method -> !ORDER.contains(method)).forEach(all::add);
        headers.set(
                HttpHeaders.ALLOW,
                all.stream()
                        .filter(method -> allowed.contains(method) || isImplied(method, allowed))
                        .map(HttpMethod::name)
                        .collect(Collectors.joining(", ")));
        if (!allowed.contains(HttpMethod.PATCH)) {
            headers.remove(HttpHeaders.ACCEPT_PATCH);
        } else if (Stream.ofNullable(headers.getFirst(HttpHeaders.ACCEPT_PATCH)).allMatch(String::isBlank)) {
            List<MediaType> patches = new ArrayList<>(PATCHES);
            if (allowed.contains(HttpMethod.GET)) {
                patches.add(JSON_PATCH);
            }
            headers.set(HttpHeaders.ACCEPT_PATCH, MediaType.toString(patches));
        }
    }

    private static boolean isImplied(HttpMethod method, Set<HttpMethod> allowed) {
        return method == HttpMethod.OPTIONS || method == HttpMethod.HEAD && allowed.contains(HttpMethod.GET);
    }
}
