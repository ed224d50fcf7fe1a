package io.sluice.gateway.cors;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.sluice.kit.web.RequestId;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsConfigurationSource;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.WebFilter;

/** Answers a browser's question whether a page may call us, before anybody asks for a token. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CorsProperties.class)
class CrossOrigin {

    /** What a page may read of an answer, beside what every page may (Fetch standard, CORS-safelisted headers). */
    private static final List<String> EXPOSED = List.of(
            RequestId.HEADER,
            "x-item-op",
            "RateLimit",
            "RateLimit-Policy",
            "Idempotency-Replayed",
            HttpHeaders.ETAG,
            HttpHeaders.LOCATION,
            HttpHeaders.LINK,
            HttpHeaders.ALLOW,
            HttpHeaders.ACCEPT_PATCH,
            "Deprecation",
            "Sunset",
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.CONTENT_LENGTH,
            HttpHeaders.CONTENT_RANGE,
            HttpHeaders.CONTENT_DISPOSITION,
            HttpHeaders.ACCEPT_RANGES,
            HttpHeaders.WWW_AUTHENTICATE);

    /** Browsers send these themselves, from pages that tell nobody where they are: their origin is {@code null}. */
    private static final Set<String> FORMS = Set.of("/login", "/oauth2/authorize");

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 2)
    WebFilter crossOriginFilter(CorsProperties cors, PublicUrl publicUrl) {
        if (cors.allowedOrigins().isEmpty()) {
            return (exchange, chain) -> chain.filter(exchange);
        }
        CorsConfiguration rules = rules(cors);
        CorsConfigurationSource elsewhere = exchange -> isOwn(exchange.getRequest(), publicUrl) ? null : rules;
        return new CorsWebFilter(elsewhere, new RefusingProcessor());
    }

    /** Whether a page of the gate itself asks, which a proxy in front may have shown at another address than ours. */
    private static boolean isOwn(ServerHttpRequest request, PublicUrl publicUrl) {
        String origin = request.getHeaders().getOrigin();
        String gate = publicUrl.gate(request) + "/";
        return origin == null
                || gate.startsWith(origin + "/")
                || FORMS.contains(request.getPath().value());
    }

    private static CorsConfiguration rules(CorsProperties cors) {
        var rules = new CorsConfiguration();
        rules.setAllowedOrigins(cors.allowedOrigins());
        rules.setAllowedMethods(List.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"));
        rules.setAllowedHeaders(List.of(CorsConfiguration.ALL));
        rules.setExposedHeaders(EXPOSED);
        rules.setMaxAge(cors.maxAge());
        return rules;
    }

    private static final class RefusingProcessor extends DefaultCorsProcessor {

        @Override
        protected void rejectRequest(ServerHttpResponse response) {
            throw Problem.FORBIDDEN.with("Pages of this origin may not call the platform");
        }
    }
}
