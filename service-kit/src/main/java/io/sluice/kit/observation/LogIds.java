package io.sluice.kit.observation;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.web.server.ServerWebExchange;

/**
 * The ids of a request and its trace, for the lines that are logged while this is open. A thread works on many requests at the
 * same time, so it is opened for a line and closed behind it.
 */
public final class LogIds implements AutoCloseable {

    private static final String REQUEST = "request.id";
    private static final String TRACE = "trace.id";
    private static final String SPAN = "span.id";

    private LogIds(@Nullable String requestId, @Nullable Trace trace) {
        if (requestId != null) {
            MDC.put(REQUEST, requestId);
        }
        if (trace != null) {
            MDC.put(TRACE, trace.traceId());
            MDC.put(SPAN, trace.spanId());
        }
    }

    public static LogIds of(ServerWebExchange exchange) {
        return new LogIds(exchange.getResponse().getHeaders().getFirst(ObservedRequest.REQUEST_ID), Trace.of(exchange));
    }

    public static LogIds of(@Nullable String requestId, @Nullable Trace trace) {
        return new LogIds(requestId, trace);
    }

    @Override
    public void close() {
        MDC.remove(REQUEST);
        MDC.remove(TRACE);
        MDC.remove(SPAN);
    }
}
