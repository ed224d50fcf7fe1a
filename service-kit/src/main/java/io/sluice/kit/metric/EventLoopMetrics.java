package io.sluice.kit.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import org.springframework.http.client.ReactorResourceFactory;

/** Whether the threads that do all the work get on with it. */
final class EventLoopMetrics implements MeterBinder {

    private final ReactorResourceFactory resources;

    EventLoopMetrics(ReactorResourceFactory resources) {
        this.resources = resources;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.event.loop.pending", this, EventLoopMetrics::pending)
                .description("Tasks that wait at the event loop that has most of them")
                .register(registry);
    }

    private double pending() {
        int most = 0;
        for (EventExecutor loop : resources.getLoopResources().onServer(true)) {
            if (loop instanceof SingleThreadEventExecutor executor) {
                most = Math.max(most, executor.pendingTasks());
            }
        }
        return most;
    }
}
