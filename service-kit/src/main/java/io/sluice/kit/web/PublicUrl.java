package io.sluice.kit.web;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * What the links in replies start with: the setting {@code sluice.public-url} when there is one, else the address the
 * client used, which trusted proxies have told ({@link io.sluice.kit.proxy.ForwardedRequests}).
 */
public class PublicUrl {

    private static final String API = "/api/v1";
    private static final String PREFIX = "X-Forwarded-Prefix";

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
        URI uri = request.getURI();
        return uri.getScheme()
                + "://"
                + uri.getRawAuthority()
                + Objects.requireNonNullElse(request.getHeaders().getFirst(PREFIX), "");
    }
}
