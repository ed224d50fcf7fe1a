package io.sluice.kit.audit;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.web.RequestId;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Mono;

/**
 * Keeps an event of every request that changes something, of every sign-in, and of what is refused. The event is in the
 * database before the first byte of the answer leaves: what was acknowledged is in the log, or on its way there. What
 * services ask of each other is not kept; the request that made them ask is.
 *
 * <p>Comes after the check of the token, so that it knows who calls. Requests without a good token change nothing and are
 * not kept: anybody could fill the log with them.
 */
@Order(0)
class AuditFilter implements WebFilter {

    private static final int LONGEST_ID = 254;

    /** Where people and machines sign in. */
    private static final Pattern SIGN_IN = Pattern.compile("/(token|login|oauth2/.*)");

    private final String service;
    private final AuditOutbox outbox;
    private final Clock clock;

    AuditFilter(String service, AuditOutbox outbox, Clock clock) {
        this.service = service;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String path = exchange.getRequest().getPath().value();
        if (path.startsWith("/internal/") || path.startsWith("/actuator/")) {
            return chain.filter(exchange);
        }
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .mapNotNull(Authentication::getPrincipal)
                .ofType(Caller.class)
                .map(Caller::userId)
                .defaultIfEmpty("")
                .flatMap(user -> recorded(new Recording(user), exchange, chain));
    }

    private Mono<Void> recorded(Recording recording, ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().beforeCommit(() -> keep(recording, exchange));
        return isRead(exchange)
                ? chain.filter(exchange)
                : chain.filter(exchange).contextWrite(context -> context.put(Recording.class, recording));
    }

    private Mono<Void> keep(Recording recording, ServerWebExchange exchange) {
        return Mono.defer(() -> event(recording, exchange).map(outbox::add).orElse(Mono.empty()));
    }

    private static boolean isRead(ServerWebExchange exchange) {
        HttpMethod method = exchange.getRequest().getMethod();
        return method == HttpMethod.GET || method == HttpMethod.HEAD || method == HttpMethod.OPTIONS;
    }

    private Optional<AuditEvent> event(Recording recording, ServerWebExchange exchange) {
        HttpStatus status = statusOf(exchange);
        if (isRead(exchange) && status != HttpStatus.FORBIDDEN) {
            return Optional.empty();
        }
        ServerHttpRequest request = exchange.getRequest();
        String pattern =
                exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof PathPattern best
                        ? best.getPatternString()
                        : request.getPath().value();
        boolean isSignIn = !isRead(exchange) && SIGN_IN.matcher(pattern).matches();
        boolean isRefused = status == HttpStatus.FORBIDDEN || isSignIn && status.is4xxClientError();
        Map<String, String> variables =
                exchange.getAttributeOrDefault(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE, Map.of());
        boolean isDeletion = request.getMethod() == HttpMethod.DELETE;
        List<AuditEvent.Change> changes =
                recording.changes(isDeletion ? Entity.of(pattern, variables).id() : null);
        boolean isChange = status.is2xxSuccessful()
                && (!changes.isEmpty()
                        || recording.bulkChange() != null
                        || !isRead(exchange) && request.getMethod() != HttpMethod.POST);
        if (!isRefused && !isChange && !(isSignIn && status.is2xxSuccessful())) {
            return Optional.empty();
        }
        Entity entity = Entity.of(pattern, variables);
        String entityId = Optional.ofNullable(entity.id())
                .or(() -> recording.createdId(entity.type() + "s"))
                .orElse("");
        return Optional.of(new AuditEvent(
                ObjectId.get().toHexString(),
                clock.instant(),
                service,
                recording.user(),
                request.getMethod() + " " + pattern,
                isRefused ? "refused" : isSignIn ? "signedIn" : eventType(recording, isDeletion, entity, changes),
                entity.type(),
                shortened(entityId, LONGEST_ID),
                recording.nameOf(entityId),
                Optional.ofNullable(variables.get("orgId")).orElseGet(recording::organizationId),
                Optional.ofNullable(variables.get("projectId")).orElseGet(recording::projectId),
                status.value(),
                addressOf(request),
                String.valueOf(exchange.getResponse().getHeaders().getFirst(RequestId.HEADER)),
                isRefused ? List.of() : changes));
    }

    private static HttpStatus statusOf(ServerWebExchange exchange) {
        HttpStatus status = exchange.getResponse().getStatusCode() == null
                ? HttpStatus.OK
                : HttpStatus.resolve(exchange.getResponse().getStatusCode().value());
        return status == null ? HttpStatus.INTERNAL_SERVER_ERROR : status;
    }

    private static String eventType(
            Recording recording, boolean isDeletion, Entity entity, List<AuditEvent.Change> changes) {
        String bulkChange = recording.bulkChange();
        if (bulkChange != null) {
            return bulkChange;
        }
        if (isDeletion) {
            return "deleted";
        }
        boolean isMade = changes.stream().anyMatch(change -> change.before() == null);
        return isMade && entity.id() == null ? "created" : "updated";
    }

    /** Of the client, as trusted proxies saw it. */
    private static String addressOf(ServerHttpRequest request) {
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null || remote.getAddress() == null
                ? ""
                : remote.getAddress().getHostAddress();
    }

    private static String shortened(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    /**
     * What an operation is about, as its path says: the last plural and what follows it.
     *
     * @param id null when the path names none, because the operation makes one or is about many
     */
    private record Entity(String type, @Nullable String id) {

        /** What a variable of a path has beside its name. */
        private static final Pattern SPELLING = Pattern.compile("[{}*]|:.*");

        static Entity of(String pattern, Map<String, String> variables) {
            String type = "session";
            String id = null;
            for (String segment : pattern.split("/")) {
                if (segment.startsWith("{")) {
                    id = variables.get(SPELLING.matcher(segment).replaceAll(""));
                } else if (segment.endsWith("s")) {
                    type = singular(segment);
                    id = null;
                }
            }
            return new Entity(type, id);
        }

        private static String singular(String plural) {
            return plural.endsWith("ies")
                    ? plural.substring(0, plural.length() - 3) + "y"
                    : plural.substring(0, plural.length() - 1);
        }
    }
}
