package io.sluice.kit.observation;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;

/** A request from its head to the last byte of its answer. */
public final class ObservedRequest {

    static final String REQUEST_ID = "x-request-id";

    /** What a request has asked for that nothing answers, or that was refused before anybody looked for it. */
    private static final String NOWHERE = "none";

    private final HttpMethod method;
    private final ServerHttpResponse response;
    private final Trace trace;
    private final long begun = System.nanoTime();
    private volatile @Nullable Map<String, Object> attributes;
    private long nanos;
    private boolean isLeft;

    ObservedRequest(HttpMethod method, ServerHttpResponse response, Trace trace) {
        this.method = method;
        this.response = response;
        this.trace = trace;
    }

    void isAbout(Map<String, Object> attributes) {
        this.attributes = attributes;
    }

    void end(boolean isLeft) {
        this.isLeft = isLeft;
        nanos = System.nanoTime() - begun;
    }

    public HttpMethod method() {
        return method;
    }

    public Trace trace() {
        return trace;
    }

    /** How long it took. */
    public long nanos() {
        return nanos;
    }

    /** Whether the client was gone before its answer was complete. */
    public boolean isLeft() {
        return isLeft;
    }

    /** The status of the answer. */
    public int status() {
        HttpStatusCode status = response.getStatusCode();
        return status == null ? 200 : status.value();
    }

    /** The id that the answer names, for people who ask what became of it; null when there is none. */
    public @Nullable String requestId() {
        return response.getHeaders().getFirst(REQUEST_ID);
    }

    /** What it asked for: one of few, never an address as it was sent. */
    public String route(Routes routes) {
        Map<String, Object> known = attributes;
        if (known == null) {
            return NOWHERE;
        }
        String route = routes.of(known);
        if (route != null) {
            return route;
        }
        Object pattern = known.get(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        String template = pattern == null ? NOWHERE : pattern.toString();
        return template.equals("/**") ? NOWHERE : template;
    }
}
