package io.sluice.gateway.compression;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Gives what leaves compressed a strong tag of its own (RFC 9110 §8.8.3.3), with {@code +gzip} at its end, and takes the
 * ending off again where a client sends the tag back: services know one tag for each form of a resource. Says in
 * {@code Vary} of all that could leave compressed that it depends on {@code Accept-Encoding}.
 *
 * <p>Around everything else, because an exchange compares tags with those of the request that it was made for.
 */
final class CodedTags implements HttpHandlerDecoratorFactory {

    private static final String ENDING = "+gzip\"";
    private static final List<String> CONDITIONS =
            List.of(HttpHeaders.IF_MATCH, HttpHeaders.IF_NONE_MATCH, HttpHeaders.IF_RANGE);

    @Override
    public HttpHandler apply(HttpHandler handler) {
        return (request, response) -> {
            response.beforeCommit(() -> Mono.fromRunnable(() -> mark(request, response)));
            HttpHeaders asked = request.getHeaders();
            return handler.handle(
                    CONDITIONS.stream().anyMatch(condition -> hasEnding(asked.getOrEmpty(condition)))
                            ? withoutEndings(request)
                            : request,
                    response);
        };
    }

    private static boolean hasEnding(List<String> tags) {
        return tags.stream().anyMatch(tag -> tag.contains(ENDING));
    }

    private static ServerHttpRequest withoutEndings(ServerHttpRequest request) {
        return request.mutate()
                .headers(headers -> CONDITIONS.forEach(condition -> {
                    if (hasEnding(headers.getOrEmpty(condition))) {
                        headers.put(
                                condition,
                                headers.getOrEmpty(condition).stream()
                                        .map(tags -> tags.replace(ENDING, "\""))
                                        .toList());
                    }
                }))
                .build();
    }

    private static void mark(ServerHttpRequest request, ServerHttpResponse response) {
        HttpHeaders headers = response.getHeaders();
        String tag = headers.getETag();
        if (response.getStatusCode() == HttpStatus.NOT_MODIFIED) {
            if (tag != null
                    && request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH).stream()
                            .anyMatch(tags -> tags.contains(ended(tag)))) {
                headers.setETag(ended(tag));
            }
            return;
        }
        if (!Compressible.isText(
                request.getURI().getRawPath(),
                headers.getFirst(HttpHeaders.CONTENT_TYPE),
                headers.getContentLength(),
                Compressible.isOther(headers::containsHeader))) {
            return;
        }
        if (!headers.getVary().contains(HttpHeaders.ACCEPT_ENCODING)) {
            headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        }
        if (tag != null && Compressible.takesGzip(request.getHeaders().getOrEmpty(HttpHeaders.ACCEPT_ENCODING))) {
            headers.setETag(ended(tag));
        }
    }

    private static String ended(@Nullable String tag) {
        String quoted = Objects.requireNonNull(tag);
        return quoted.substring(0, quoted.length() - 1) + ENDING;
    }
}
