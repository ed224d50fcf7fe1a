package io.sluice.gateway;

import io.sluice.kit.auth.SecurityConfiguration.PublicPaths;
import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.TrustedProxies;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** What the routes in {@code gateway.yml} cannot say. */
@Configuration(proxyBeanMethods = false)
class GatewayConfiguration {

    /** Whoever asks for these has no token yet, or needs none. */
    @Bean
    PublicPaths publicPaths() {
        return new PublicPaths(List.of(
                "/token",
                "/login",
                "/oauth2/authorize",
                "/oauth2/token",
                "/oauth2/revoke",
                "/oauth2/introspect",
                "/.well-known/**",
                "/health",
                "/api/v1",
                "/api/v1/limits",
                "/api/v1/docs/**",
                "/sdk/**",
                "/api/v1/users/passwordReset",
                "/api/users/passwordReset"));
    }

    @Bean
    TrustedProxies trustedProxies(@Value("${sluice.trusted-proxies}") List<String> addresses) {
        return TrustedProxies.at(addresses);
    }

    /** Everything that no route and no controller answers, {@code /internal/**} and {@code /actuator/**} among it. */
    @Bean
    SimpleUrlHandlerMapping nothingThere() {
        WebHandler notFound = exchange -> Mono.error(() ->
                Problem.NOT_FOUND.with("Nothing at " + exchange.getRequest().getPath()));
        return new SimpleUrlHandlerMapping(Map.of("/**", notFound), Ordered.LOWEST_PRECEDENCE);
    }
}
