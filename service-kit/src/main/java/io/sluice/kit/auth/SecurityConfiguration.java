package io.sluice.kit.auth;

import static org.springframework.security.web.server.util.matcher.ServerWebExchangeMatchers.pathMatchers;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.OperationMapping;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webflux.autoconfigure.WebFluxRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.AuthenticationWebFilter;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.security.web.server.firewall.StrictServerWebExchangeFirewall;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every request needs a bearer token (RFC 6750), unless its path is among {@link PublicPaths}. {@code /internal/**}
 * takes tokens of services, and of users where the controller checks the user itself. The failures go to the problem
 * handler, so that they look like all others.
 */
@AutoConfiguration(
        beforeName = "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration")
@EnableWebFluxSecurity
public class SecurityConfiguration {

    private static final String AUTH_SERVICE = "auth-service";
    private static final String DATASET_SERVICE = "dataset-service";
    private static final String ITEM_SERVICE = "item-service";
    private static final String MODEL_SERVICE = "model-service";
    private static final Pattern BEARER = Pattern.compile("(?i)Bearer +([A-Za-z0-9\\-._~+/]+=*)");

    /**
     * Paths that need no token; everything that no bean of this type names does.
     *
     * @param patterns path patterns
     */
    public record PublicPaths(List<String> patterns) {

        public PublicPaths {
            patterns = List.copyOf(patterns);
        }
    }

    /** Auth-service itself looks into its own database. */
    @Bean
    @ConditionalOnMissingBean
    CredentialSource credentialSource(ServiceClients clients) {
        return new CredentialClient(clients.asCaller(AUTH_SERVICE));
    }

    /** Believes auth-service for users and all for themselves. */
    @Bean
    TokenVerifier tokenVerifier(
            ServiceClients clients,
            @Value("${spring.application.name}") String self,
            CredentialSource credentials,
            JsonMapper json,
            Clock clock) {
        return new TokenVerifier(
                Map.of(
                        AUTH_SERVICE, issuer(clients, AUTH_SERVICE, clock, true),
                        DATASET_SERVICE, issuer(clients, DATASET_SERVICE, clock, false),
                        ITEM_SERVICE, issuer(clients, ITEM_SERVICE, clock, false),
                        MODEL_SERVICE, issuer(clients, MODEL_SERVICE, clock, false)),
                self,
                new LiveCredentials(credentials, clock),
                json,
                clock);
    }

    private static TokenVerifier.Issuer issuer(ServiceClients clients, String name, Clock clock, boolean signsIn) {
        return new TokenVerifier.Issuer(new KeySet(clients.anonymous(name, KeySet.PATH), clock), signsIn);
    }

    /** Being there, it also keeps Boot from making up a user of its own. */
    @Bean
    ReactiveAuthenticationManager bearerTokens(TokenVerifier tokens) {
        return credentials ->
                tokens.verify(String.valueOf(credentials.getCredentials())).map(SecurityConfiguration::authenticated);
    }

    @Bean
    SecurityWebFilterChain securityWebFilterChain(
            ServerHttpSecurity http, ReactiveAuthenticationManager manager, ObjectProvider<PublicPaths> publicPaths) {
        String[] open =
                publicPaths.stream().flatMap(paths -> paths.patterns().stream()).toArray(String[]::new);
        AuthenticationWebFilter bearer = new AuthenticationWebFilter(manager);
        bearer.setServerAuthenticationConverter(bearerToken());
        bearer.setSecurityContextRepository(NoOpServerSecurityContextRepository.getInstance());
        if (open.length > 0) {
            // Somebody whose token has expired must be able to sign in.
            bearer.setRequiresAuthenticationMatcher(new NegatedServerWebExchangeMatcher(pathMatchers(open)));
        }
        bearer.setAuthenticationFailureHandler((filter, failure) -> Mono.error(failure));
        return http.csrf(ServerHttpSecurity.CsrfSpec::disable)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .requestCache(ServerHttpSecurity.RequestCacheSpec::disable)
                // Each service says itself how long its replies may be kept.
                .headers(headers -> headers.cache(ServerHttpSecurity.HeaderSpec.CacheSpec::disable))
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .addFilterAt(bearer, SecurityWebFiltersOrder.AUTHENTICATION)
                .exceptionHandling(
                        failures -> failures.authenticationEntryPoint((exchange, failure) -> Mono.error(failure))
                                .accessDeniedHandler((exchange, failure) -> Mono.error(failure)))
                .authorizeExchange(paths -> {
                    if (open.length > 0) {
                        paths.pathMatchers(open).permitAll();
                    }
                    paths.pathMatchers(
                                    "/actuator/health/**",
                                    "/internal/jwks.json",
                                    "/internal/openapi.json",
                                    "/internal/limits.json")
                            .permitAll()
                            .pathMatchers("/internal/**", "/actuator/**")
                            .authenticated()
                            .anyExchange()
                            .access((authentication, context) -> authentication.map(caller ->
                                    decide(caller, context.getExchange().getRequest())));
                })
                .build();
    }

    /**
     * Projects and items may be named with any character, so its encoded form may be part of a path: a project
     * {@code 100%} is found by its name, and {@code a/b} is a name that no project has, not an attack.
     */
    @Bean
    ServerWebExchangeFirewall firewall() {
        StrictServerWebExchangeFirewall firewall = new StrictServerWebExchangeFirewall();
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowUrlEncodedSlash(true);
        firewall.setAllowUrlEncodedDoubleSlash(true);
        firewall.setAllowSemicolon(true);
        // The firewall looks at a header each time that it is read; most need no regular expression to be seen through.
        firewall.setAllowedHeaderNames(
                name -> isPlain(name) || StrictServerWebExchangeFirewall.ALLOWED_HEADER_NAMES.test(name));
        firewall.setAllowedHeaderValues(
                value -> isPlain(value) || StrictServerWebExchangeFirewall.ALLOWED_HEADER_VALUES.test(value));
        return firewall;
    }

    private static boolean isPlain(@Nullable String text) {
        return text != null && text.chars().allMatch(character -> character >= ' ' && character < 0x7f);
    }

    /** Without this, each step of each request is measured for nobody, which takes longer than the steps. */
    @Bean
    SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    /** What the firewall refuses looks like every other failure. */
    @Bean
    ServerExchangeRejectedHandler firewallProblem() {
        return (exchange, refused) ->
                Mono.error(() -> Problem.MALFORMED_REQUEST.with("The path, a header or the method is not acceptable"));
    }

    /** A service's token opens nothing that is public, and a narrowed one only what it was left. */
    private static AuthorizationDecision decide(Authentication authentication, ServerHttpRequest request) {
        if (!(authentication.getPrincipal() instanceof Caller caller) || caller.isService()) {
            return new AuthorizationDecision(false);
        }
        ScopedPaths.require(caller, request);
        return new AuthorizationDecision(true);
    }

    private static Authentication authenticated(Caller caller) {
        return new UsernamePasswordAuthenticationToken(caller, null, AuthorityUtils.NO_AUTHORITIES);
    }

    private static ServerAuthenticationConverter bearerToken() {
        return exchange -> {
            String header = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
            if (header == null) {
                return Mono.empty();
            }
            Matcher bearer = BEARER.matcher(header);
            if (!bearer.matches()) {
                AuthenticationException refused = new BadCredentialsException("Authorization must be: Bearer <token>");
                return Mono.error(refused);
            }
            return Mono.just(new UsernamePasswordAuthenticationToken(null, bearer.group(1)));
        };
    }

    /** Lets a controller take the {@link Caller} as an argument, which is no parameter of the API. */
    @Bean
    WebFluxConfigurer callerArgument() {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer resolvers) {
                resolvers.addCustomResolver(new CallerArgument());
            }
        };
    }

    /** Every operation runs behind the guard. */
    @Bean
    WebFluxRegistrations guardedOperations() {
        return new WebFluxRegistrations() {
            @Override
            public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
                return new OperationMapping();
            }

            @Override
            public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
                return new OperationGuard();
            }
        };
    }

    private static final class CallerArgument implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Caller.class;
        }

        @Override
        public Mono<Object> resolveArgument(
                MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
            return ReactiveSecurityContextHolder.getContext()
                    .mapNotNull(SecurityContext::getAuthentication)
                    .mapNotNull(Authentication::getPrincipal)
                    .ofType(Caller.class)
                    .map(Object.class::cast)
                    .switchIfEmpty(Mono.error(() -> new BadCredentialsException("Sign in first")));
        }
    }
}
