package io.sluice.kit.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

class DrainTests {

    private static final Duration PAUSE = Duration.ofMillis(300);

    @Test
    void thePortIsClosedWhenThePauseIsOver() {
        assertThat(untilThePortCloses(PAUSE)).isGreaterThanOrEqualTo(PAUSE);
    }

    @Test
    void withoutAPauseItIsClosedAtOnce() {
        assertThat(untilThePortCloses(Duration.ZERO)).isLessThan(PAUSE);
    }

    private static Duration untilThePortCloses(Duration pause) {
        Port port = new Port();
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean(Drain.class, () -> new Drain(pause));
        context.registerBean(Port.class, () -> port);
        context.refresh();
        long asked = System.nanoTime();
        context.close();
        return Duration.ofNanos(port.closedAt.get() - asked);
    }

    /** What takes connections; the server of a service stops in the same phase. */
    private static final class Port implements SmartLifecycle {

        private final AtomicLong closedAt = new AtomicLong();
        private boolean open;

        @Override
        public void start() {
            open = true;
        }

        @Override
        public void stop() {
            open = false;
            closedAt.set(System.nanoTime());
        }

        @Override
        public boolean isRunning() {
            return open;
        }

        @Override
        public int getPhase() {
            return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
        }
    }
}
