package io.sluice.kit.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sluice.kit.observation.ObservedRequest;
import io.sluice.kit.observation.RequestObserver;
import io.sluice.kit.observation.Routes;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests of each kind there were, how they ended and how long they took. A kind is a method and a route, of which
 * there are few; nothing that a client writes becomes a label.
 */
final class RequestMetrics implements RequestObserver {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    private static final String OTHER = "other";
    private static final String LEFT = "left";
    private static final int CLASS = 100;
    private static final String[] CLASSES = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

    /** What is quick, what people wait for, and what they give up. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final MeterRegistry registry;
    private final Routes routes;
    private final LongAdder underWay = new LongAdder();

    /** Finding one by its tags in the registry costs more than everything else here. */
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    private record Kind(String method, String route, String status) {}

    RequestMetrics(MeterRegistry registry, Routes routes) {
        this.registry = registry;
        this.routes = routes;
        Gauge.builder("http.server.requests.active", underWay, LongAdder::sum)
                .description("Requests that are not answered to their end")
                .register(registry);
    }

    @Override
    public void begun() {
        underWay.increment();
    }

    @Override
    public void ended(ObservedRequest request) {
        underWay.decrement();
        String method = request.method().name();
        Kind kind = new Kind(METHODS.contains(method) ? method : OTHER, request.route(routes), outcome(request));
        timers.computeIfAbsent(kind, this::timer).record(request.nanos(), TimeUnit.NANOSECONDS);
    }

    private static String outcome(ObservedRequest request) {
        int statusClass = request.status() / CLASS;
        return request.isLeft() ? LEFT : CLASSES[statusClass < CLASSES.length ? statusClass : 0];
    }

    private Timer timer(Kind kind) {
        return Timer.builder("http.server.requests")
                .description("Requests, from their head to the last byte of their answer")
                .tags("method", kind.method, "route", kind.route, "status", kind.status)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
