package io.sluice.kit.drain;

import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * The first thing to stop, and the last to start. While it stops, the process says that it is not ready and that each answer is the last
 * on its connection, but goes on answering: those who send requests have time to turn to another replica. Only then the port is
 * closed, and what is still under way is waited for.
 */
class Drain implements SmartLifecycle {

    private final Duration pause;
    private volatile boolean running;

    /** @param pause for how long requests are still taken; nothing, where there is no other replica to turn to */
    Drain(Duration pause) {
        this.pause = pause;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable done) {
        running = false;
        if (pause.isZero()) {
            done.run();
        } else {
            Mono.delay(pause).subscribe(over -> done.run());
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return Integer.MAX_VALUE;
    }
}
