package io.sluice.itemservice.content;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Says that this process is there, gives back the room of what is gone, and leaves the store in order. */
@Component
class StoreUpkeep implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(StoreUpkeep.class);

    private static final Duration LONGEST_STOP = Duration.ofSeconds(2);

    private final BlobStore blobs;
    private volatile boolean isRunning;

    StoreUpkeep(BlobStore blobs) {
        this.blobs = blobs;
    }

    @Scheduled(initialDelay = 30, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> renew() {
        return blobs.renew().onErrorResume(failure -> {
            log.warn("What this process writes to is said next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    /** One round. */
    @Scheduled(initialDelay = 60, fixedDelay = 60, timeUnit = TimeUnit.SECONDS)
    Mono<Void> compact() {
        return blobs.compact().onErrorResume(failure -> {
            log.warn("Compaction stopped early and goes on next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    @Override
    public void start() {
        isRunning = true;
    }

    /** What cannot be said any more is found out by others, later. */
    @Override
    public void stop(Runnable callback) {
        isRunning = false;
        blobs.close()
                .timeout(LONGEST_STOP)
                .onErrorResume(failure -> {
                    log.warn("What this process has left is taken over later: {}", failure.toString());
                    return Mono.empty();
                })
                .doFinally(end -> callback.run())
                .subscribe();
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    /** Ends after those that take uploads. */
    @Override
    public int getPhase() {
        return 0;
    }
}
