package io.sluice.gateway.upstream;

import io.sluice.kit.observation.Trace;
import io.sluice.kit.replica.Attempt;
import io.sluice.kit.web.RequestId;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Which headers go on, in one pass each way. What describes one connection only stays here (RFC 9110 §7.6.1). The
 * service hears from nobody but us where the client is and that it came by HTTPS; {@code Host} says what address it used.
 */
final class UpstreamHeaders {

    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED_PROTO = "X-Forwarded-Proto";

    private static final Set<String> OF_ONE_CONNECTION = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private UpstreamHeaders() {}

    static List<HttpHeadersFilter> filters() {
        return List.of(new ToService(), new ToClient());
    }

    private static final class ToService implements HttpHeadersFilter {

        @Override
        public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
            HttpHeaders output = withoutHopByHop(input);
            // The gateway has asked the client to go on already.
            output.remove(HttpHeaders.EXPECT);
            ServerHttpRequest request = exchange.getRequest();
            InetSocketAddress client = request.getRemoteAddress();
            if (client != null && client.getAddress() != null) {
                output.set(FORWARDED_FOR, client.getAddress().getHostAddress());
            }
            if ("https".equals(request.getURI().getScheme())) {
                output.set(FORWARDED_PROTO, "https");
            }
            Trace trace = Trace.of(exchange);
            if (trace != null) {
                trace.tellIn(output);
            }
            return output;
        }
    }

    private static final class ToClient implements HttpHeadersFilter {

        @Override
        public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            if (status != null && exchange.getAttribute(Attempt.ATTRIBUTE) instanceof Attempt attempt) {
                attempt.answered(status, input);
            }
            HttpHeaders output = withoutHopByHop(input);
            // The gateway says it already, and what serves behind it is nobody's business.
            output.remove(RequestId.HEADER);
            output.remove(HttpHeaders.SERVER);
            return output;
        }

        @Override
        public boolean supports(Type type) {
            return type == Type.RESPONSE;
        }
    }

    private static HttpHeaders withoutHopByHop(HttpHeaders input) {
        Set<String> nominated = nominated(input.getConnection());
        HttpHeaders output = new HttpHeaders();
        input.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!OF_ONE_CONNECTION.contains(lower) && !nominated.contains(lower)) {
                output.addAll(name, values);
            }
        });
        return output;
    }

    private static Set<String> nominated(List<String> connection) {
        if (connection.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        connection.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }
}
