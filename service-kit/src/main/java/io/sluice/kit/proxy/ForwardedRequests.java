package io.sluice.kit.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;

/**
 * Shows each request as the client sent it: from its address, to the address that it used. What proxies say of that
 * ({@code Forwarded}, RFC 7239, or {@code X-Forwarded-*}) counts when they are {@linkplain TrustedProxies trusted}, and is
 * gone before anything else sees the request, so nobody reads or passes on what a client has made up. Only
 * {@code X-Forwarded-Prefix} stays, when it is believed. Outermost of all.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class ForwardedRequests implements HttpHandlerDecoratorFactory {

    private static final String CUSTOMARY = "x-forwarded-";

    private final TrustedProxies trusted;

    public ForwardedRequests(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    @Override
    public HttpHandler apply(HttpHandler next) {
        return (request, response) -> next.handle(asSent(request), response);
    }

    ServerHttpRequest asSent(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        List<String> forwarded = headers.headerNames().stream()
                .filter(ForwardedRequests::isForwarded)
                .toList();
        if (forwarded.isEmpty()) {
            return request;
        }
        HttpHeaders kept = new HttpHeaders();
        kept.addAll(headers);
        forwarded.forEach(kept::remove);
        InetSocketAddress remote = request.getRemoteAddress();
        InetAddress peer = remote == null ? null : remote.getAddress();
        if (remote == null || peer == null || !trusted.isPeerTrusted(peer)) {
            return new Shown(request, request.getURI(), remote, kept);
        }
        Origin origin = Origin.of(peer, headers, trusted);
        if (origin.prefix() != null) {
            kept.set(Origin.PREFIX, origin.prefix());
        }
        URI address = address(request.getURI(), origin);
        if (address.getRawAuthority() != null) {
            kept.set(HttpHeaders.HOST, address.getRawAuthority());
        }
        InetSocketAddress client = peer.equals(origin.client()) ? remote : new InetSocketAddress(origin.client(), 0);
        return new Shown(request, address, client, kept);
    }

    private static boolean isForwarded(String name) {
        return name.equalsIgnoreCase(Origin.FORWARDED) || name.regionMatches(true, 0, CUSTOMARY, 0, CUSTOMARY.length());
    }

    private static URI address(URI arrived, Origin origin) {
        String arrivedAt = arrived.getRawAuthority();
        if (origin.scheme() == null && origin.host() == null && origin.port() == null || arrivedAt == null) {
            return arrived;
        }
        String scheme =
                origin.scheme() == null ? arrived.getScheme() : origin.scheme().toLowerCase(Locale.ROOT);
        // A proxy that names no host has kept the client's, with its port.
        String host = origin.host() == null ? arrivedAt : origin.host();
        if (origin.port() != null) {
            host = Authority.withoutPort(host) + ":" + origin.port();
        }
        if (!Authority.isFit(host)) {
            return arrived;
        }
        boolean isUsual = host.endsWith("https".equals(scheme) ? ":443" : ":80");
        StringBuilder address = new StringBuilder(scheme)
                .append("://")
                .append(isUsual ? Authority.withoutPort(host) : host)
                .append(arrived.getRawPath());
        if (arrived.getRawQuery() != null) {
            address.append('?').append(arrived.getRawQuery());
        }
        return URI.create(address.toString());
    }

    private static final class Shown extends ServerHttpRequestDecorator {

        private final URI address;
        private final @Nullable InetSocketAddress client;
        private final HttpHeaders headers;

        Shown(ServerHttpRequest request, URI address, @Nullable InetSocketAddress client, HttpHeaders headers) {
            super(request);
            this.address = address;
            this.client = client;
            this.headers = headers;
        }

        @Override
        public URI getURI() {
            return address;
        }

        @Override
        public @Nullable InetSocketAddress getRemoteAddress() {
            return client;
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        /** Those of the request; the access log looks for user and service there. */
        @Override
        public Map<String, Object> getAttributes() {
            return getDelegate().getAttributes();
        }
    }
}
