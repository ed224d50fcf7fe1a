package io.sluice.kit.web;

import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.Authority;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Refuses a request whose head no operation could make sense of, and says what would be right: a method that nothing has
 * ({@code TRACE} would echo what a proxy has added), a host that no link can start with, a coded body, and conditions that
 * are no entity tags.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public class RequestHead implements WebFilter {

    private static final Set<HttpMethod> METHODS = new LinkedHashSet<>(List.of(
            HttpMethod.GET,
            HttpMethod.HEAD,
            HttpMethod.POST,
            HttpMethod.PUT,
            HttpMethod.PATCH,
            HttpMethod.DELETE,
            HttpMethod.OPTIONS));

    /** The one coding that a body may have: none. What is packed small may be endless when it is unpacked. */
    private static final String NOT_CODED = "identity";

    /** As many as the framework sorts; with more it fails in the middle of finding the operation. */
    private static final int MOST_TYPES = 50;

    private static final String CHUNKED = "chunked";
    private static final String WITHOUT_HOST = "HTTP/1.0";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ErrorResponseException wrong = wrongWith(exchange.getRequest());
        return wrong == null ? chain.filter(exchange) : Mono.error(wrong);
    }

    private static @Nullable ErrorResponseException wrongWith(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        if (!METHODS.contains(request.getMethod())) {
            ErrorResponseException refused = Problem.METHOD_NOT_ALLOWED.with("Nothing here has this method");
            refused.getHeaders().setAllow(METHODS);
            return refused;
        }
        if (!hasHost(request, headers)) {
            return Problem.MALFORMED_REQUEST.with("Host must name one host, as in data.example.org:8443");
        }
        if (!isOnly(headers, HttpHeaders.TRANSFER_ENCODING, CHUNKED)) {
            return Problem.MALFORMED_REQUEST.with("The only Transfer-Encoding that is understood here is chunked");
        }
        if (!isOnly(headers, HttpHeaders.CONTENT_ENCODING, NOT_CODED) && !RequestShape.isArchive(headers)) {
            ErrorResponseException refused = Problem.UNSUPPORTED_MEDIA_TYPE.with(
                    "A body is taken as it is only: leave Content-Encoding out, and send it uncompressed");
            refused.getHeaders().set(HttpHeaders.ACCEPT_ENCODING, NOT_CODED);
            return refused;
        }
        if (types(headers) > MOST_TYPES) {
            return Problem.NOT_ACCEPTABLE.with("Accept may list at most " + MOST_TYPES
                    + " types; ask for what you read best, such as application/json or application/xml");
        }
        for (String condition : List.of(HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH)) {
            if (headers.containsHeader(condition) && !ETag.isOneOrMore(headers.getOrEmpty(condition))) {
                return Problem.MALFORMED_REQUEST.with(
                        condition + " must be * or entity tags in quotes, as in \"a\", \"b\"");
            }
        }
        return null;
    }

    private static boolean hasHost(ServerHttpRequest request, HttpHeaders headers) {
        List<String> hosts = headers.getOrEmpty(HttpHeaders.HOST);
        return hosts.isEmpty()
                ? ServerHttpRequestDecorator.getNativeRequest(request) instanceof HttpServerRequest connection
                        && connection.version().text().equals(WITHOUT_HOST)
                : hosts.size() == 1 && Authority.isFit(hosts.get(0));
    }

    private static boolean isOnly(HttpHeaders headers, String name, String value) {
        return headers.getOrEmpty(name).stream().allMatch(each -> each.strip().equalsIgnoreCase(value));
    }

    private static long types(HttpHeaders headers) {
        List<String> lines = headers.getOrEmpty(HttpHeaders.ACCEPT);
        return lines.size()
                + lines.stream()
                        .mapToLong(line ->
                                line.chars().filter(letter -> letter == ',').count())
                        .sum();
    }
}
