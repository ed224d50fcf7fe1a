package io.sluice.kit.web;

import io.sluice.kit.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Puts requests into one shape before anything looks at their path. The SDK concatenates paths, so {@code //} means
 * {@code /} (contract core §0.16). A body that is too long to be read whole is refused by its announced length, before
 * its first byte.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public class RequestShape implements WebFilter {

    /** The largest body that is read whole: 8 MiB. Uploads, files and lines are streamed and have no such limit. */
    public static final int LARGEST_BODY = 8 * 1024 * 1024;

    /** What is worked on while it comes. Who reads one of these whole all the same reads no more than that. */
    private static final List<String> STREAMED = List.of(
            MediaType.MULTIPART_FORM_DATA_VALUE,
            MediaType.APPLICATION_NDJSON_VALUE,
            MediaType.APPLICATION_OCTET_STREAM_VALUE,
            "image/",
            "audio/",
            "video/");

    /** So are these. Who takes them unpacks them as they come, and packed bodies, too. */
    private static final List<String> ARCHIVES =
            List.of("application/x-tar", "application/gzip", "application/zstd", "application/zip");

    /** {@code ..;x} is a way up for servers that cut parameters off before they resolve dots; nothing of ours is called so. */
    private static final Pattern DISGUISED_DOTS = Pattern.compile("(?i)/(\\.|%2e){1,2}(;|%3b)");

    private static final Pattern SLASHES = Pattern.compile("/{2,}");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (headers.getContentLength() > LARGEST_BODY && !isStreamed(headers)) {
            return Mono.error(
                    () -> Problem.CONTENT_TOO_LARGE.with("A request body may have at most " + LARGEST_BODY + " bytes"));
        }
        String path = exchange.getRequest().getURI().getRawPath();
        if (DISGUISED_DOTS.matcher(path).find()) {
            return Mono.error(() -> Problem.MALFORMED_REQUEST.with("The path has a segment that is not a name"));
        }
        if (!path.contains("//")) {
            return chain.filter(exchange);
        }
        String single = SLASHES.matcher(path).replaceAll("/");
        return chain.filter(
                exchange.mutate().request(request -> request.path(single)).build());
    }

    /** A body without a type is that of a file, too: nothing that is read whole is taken without one. */
    private static boolean isStreamed(HttpHeaders headers) {
        return !headers.containsHeader(HttpHeaders.CONTENT_TYPE) || hasType(headers, STREAMED) || isArchive(headers);
    }

    static boolean isArchive(HttpHeaders headers) {
        return hasType(headers, ARCHIVES);
    }

    private static boolean hasType(HttpHeaders headers, List<String> types) {
        String type = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        return type != null && types.stream().anyMatch(type.toLowerCase(Locale.ROOT)::startsWith);
    }
}
