package io.sluice.gateway.upstream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.List;

/** How often a service let us down, and how; what a client was told is counted where all answers are. */
final class UpstreamFailures {

    private static final String REPEATED = "repeated";
    private static final String UNREACHABLE = "unreachable";
    private static final String TIMEOUT = "timeout";
    private static final String BROKEN_OFF = "broken-off";

    private final MeterRegistry registry;

    /** @param services who is to be told of as well while nothing is wrong with them */
    UpstreamFailures(MeterRegistry registry, Collection<String> services) {
        this.registry = registry;
        services.forEach(
                service -> List.of(REPEATED, UNREACHABLE, TIMEOUT, BROKEN_OFF).forEach(kind -> count(service, kind)));
    }

    /** A safe request was sent once more. */
    void repeated(String service) {
        count(service, REPEATED).increment();
    }

    /** There was no connection, or it broke before the answer. */
    void unreachable(String service) {
        count(service, UNREACHABLE).increment();
    }

    void tookTooLong(String service) {
        count(service, TIMEOUT).increment();
    }

    /** The answer had begun. */
    void brokenOff(String service) {
        count(service, BROKEN_OFF).increment();
    }

    private Counter count(String service, String kind) {
        return Counter.builder("sluice.upstream.failures")
                .description("Requests that a service did not answer as it should")
                .tags("upstream", service, "kind", kind)
                .register(registry);
    }
}
