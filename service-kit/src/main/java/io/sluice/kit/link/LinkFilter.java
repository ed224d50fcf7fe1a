package io.sluice.kit.link;

import io.sluice.kit.paging.Page;
import io.sluice.kit.web.PublicUrl;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Says in the {@code Link} header of every successful answer of the public API (RFC 8288) what describes it
 * ({@code describedby}: the OpenAPI document), its own address ({@code self}), the list that it is in
 * ({@code collection}), and the pages beside it. An operation may add links of its own.
 *
 * <p>Only what can be read is linked to, so {@code self} is missing in the answer to a POST that made nothing with an
 * address, and {@code collection} where there is no list. What shared caches may keep has no links.
 */
final class LinkFilter implements WebFilter {

    private static final String PUBLIC = "/api/";
    private static final String DOCUMENT = "/api/v1/docs/openapi.json";
    private static final String OURS = "io.sluice.";

    /** Their answers show the thing at the address of the request. */
    private static final Set<HttpMethod> SHOWING =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT, HttpMethod.PATCH);

    private final PublicUrl publicUrl;
    private final Predicate<String> isReadable;

    /** @param isReadable whether a GET answers at what a path pattern describes */
    LinkFilter(PublicUrl publicUrl, Predicate<String> isReadable) {
        this.publicUrl = publicUrl;
        this.isReadable = isReadable;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        if (exchange.getRequest().getPath().value().startsWith(PUBLIC)) {
            exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> link(exchange)));
        }
        return chain.filter(exchange);
    }

    private void link(ServerWebExchange exchange) {
        if (!(exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod operation)
                || !(exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
                        instanceof PathPattern pattern)
                || !operation.getBeanType().getName().startsWith(OURS)) {
            return;
        }
        HttpHeaders headers = exchange.getResponse().getHeaders();
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        String gate = publicUrl.gate(exchange.getRequest());
        List<Link> links = new ArrayList<>();
        if (status != null && !status.is2xxSuccessful()) {
            // A failure, or a 304, which says only what a cache needs (RFC 9110 §15.4.5).
            headers.remove(HttpHeaders.LINK);
        } else if (!isForEverybody(headers)) {
            addLinks(links, gate, operation, pattern.getPatternString(), exchange);
        }
        Retirement.tell(operation.getMethodAnnotation(Retiring.class), gate, headers, links);
        Link.add(headers, links);
    }

    private void addLinks(
            List<Link> links, String gate, HandlerMethod operation, String pattern, ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        String address = gate + request.getURI().getRawPath();
        links.add(new Link(gate + DOCUMENT, "describedby"));
        if (SHOWING.contains(request.getMethod()) && isReadable.test(pattern)) {
            links.add(new Link(address + queryOfRead(request), "self"));
            addCollection(links, pattern, address);
        } else if (request.getMethod() == HttpMethod.POST) {
            addLocation(links, gate, exchange.getResponse().getHeaders());
        }
        Page<?> page = PageSeen.of(exchange);
        if (page != null && isRead(request) && isPaged(operation)) {
            links.addAll(PageLinks.of(page, address, request));
        }
    }

    /**
     * What a shared cache keeps without asking must not depend on the address that one client says it used: else it could
     * lead all others astray.
     */
    private static boolean isForEverybody(HttpHeaders headers) {
        String control = headers.getCacheControl();
        return control != null && control.contains("public");
    }

    private static boolean isRead(ServerHttpRequest request) {
        return request.getMethod() == HttpMethod.GET || request.getMethod() == HttpMethod.HEAD;
    }

    /** The query of a change says how to change, not which thing. */
    private static String queryOfRead(ServerHttpRequest request) {
        String query = request.getURI().getRawQuery();
        return query == null || !isRead(request) ? "" : "?" + query;
    }

    /** The list of a single thing is where its path without its name leads. */
    private void addCollection(List<Link> links, String pattern, String address) {
        int name = pattern.lastIndexOf('/') + 1;
        if (pattern.startsWith("{", name) && isReadable.test(pattern.substring(0, name - 1))) {
            links.add(new Link(address.substring(0, address.lastIndexOf('/')), "collection"));
        }
    }

    private static void addLocation(List<Link> links, String gate, HttpHeaders headers) {
        URI location = headers.getLocation();
        if (location != null) {
            links.add(new Link(location.isAbsolute() ? location.toString() : gate + location, "self"));
        }
    }

    private static boolean isPaged(HandlerMethod operation) {
        return Arrays.stream(operation.getMethod().getParameters())
                .anyMatch(parameter -> parameter.getName().equals(PageLinks.OFFSET));
    }
}
