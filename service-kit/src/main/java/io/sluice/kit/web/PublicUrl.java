package io.sluice.kit.web;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.ForwardedHeaderUtils;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What the links in replies start with: the setting {@code sluice.public-url} when there is one, else the address the
 * client used, as {@code Forwarded} or {@code X-Forwarded-*} tell it (RFC 7239).
 */
public class PublicUrl {

    private static final String API = "/api/v1";

    private static final String PROTO = "X-Forwarded-Proto";
    private static final List<String> NAMES_THE_HOST = List.of("Forwarded", "X-Forwarded-Host", "X-Forwarded-Port");

    private final @Nullable String configured;

    /** @param configured such as {@code https://data.example.org}; null or empty to go by the request */
    public PublicUrl(@Nullable String configured) {
        this.configured = configured == null || configured.isBlank()
                ? null
                : configured.strip().replaceAll("/+$", "");
    }

    /** The root of the API without a slash at its end, such as {@code https://data.example.org/api/v1}. */
    public String api(ServerHttpRequest request) {
        return gate(request) + API;
    }

    /** The address of the gate itself without a slash at its end, such as {@code https://data.example.org}. */
    public String gate(ServerHttpRequest request) {
        if (configured != null) {
            return configured;
        }
        URI uri = addressOf(request);
        return UriComponentsBuilder.newInstance()
                .scheme(uri.getScheme())
                .host(uri.getHost())
                .port(uri.getPort())
                .toUriString();
    }

    /** What cannot be read is not believed, as if it had not been sent. */
    private static URI addressOf(ServerHttpRequest request) {
        try {
            URI forwarded = forwarded(request);
            return forwarded.getHost() == null ? request.getURI() : forwarded;
        } catch (IllegalArgumentException | IllegalStateException unreadable) {
            return request.getURI();
        }
    }

    private static URI forwarded(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        UriComponentsBuilder adapted = ForwardedHeaderUtils.adaptFromForwardedHeaders(request.getURI(), headers);
        if (headers.containsHeader(PROTO) && NAMES_THE_HOST.stream().noneMatch(headers::containsHeader)) {
            // A proxy that keeps the Host header keeps its port, which Spring takes away for the new scheme.
            adapted.port(request.getURI().getPort());
        }
        return adapted.build().toUri();
    }
}
