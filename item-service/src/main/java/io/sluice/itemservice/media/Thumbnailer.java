package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Makes small pictures of large ones, in processes of their own, which are started when they are needed and end when they are
 * not. A file that makes one of them run out of memory or of time costs that process.
 */
@Component
public class Thumbnailer implements DisposableBean {

    private static final Duration IDLE = Duration.ofSeconds(20);

    /** Whoever asks keeps to {@link ThumbnailProperties#atOnce}; what waits here longer than it may take fails. */
    private static final int MOST_WAITING = 100;

    private static final long MOST_PIXELS_OF_OURS =
            (long) ThumbnailProperties.LARGEST_SIDE * ThumbnailProperties.LARGEST_SIDE;

    private static final int VIEWS_AT_ONCE = 2;

    private final ThumbnailProperties properties;
    private final Scheduler threads;
    private final Scheduler views =
            Schedulers.newBoundedElastic(VIEWS_AT_ONCE, MOST_WAITING, "thumbnail-views", (int) IDLE.toSeconds(), true);
    private final Deque<PictureWorker> idle = new ConcurrentLinkedDeque<>();

    Thumbnailer(ThumbnailProperties properties) {
        this.properties = properties;
        this.threads = Schedulers.newBoundedElastic(
                Math.max(1, properties.atOnce()), MOST_WAITING, "thumbnails", (int) IDLE.toSeconds(), true);
    }

    /** The bytes of a small JPEG. Fails with {@link NoSmallPicture} when there is none to be had of that file. */
    public Mono<byte[]> jpegOf(Path file) {
        return Mono.using(Job::new, job -> Mono.fromCallable(() -> job.jpegOf(file)), Job::end)
                .subscribeOn(threads)
                .timeout(properties.longest());
    }

    /** The bytes of one of our own, smaller. Fails with {@link NoSmallPicture} when it is none. */
    public Mono<byte[]> smaller(Path thumbnail, int mostWide, int mostHigh) {
        SmallPicture small = new SmallPicture(mostWide, mostHigh, MOST_PIXELS_OF_OURS);
        return Mono.fromCallable(() -> {
                    // Whoever writes into the folder of the thumbnails may have put something else there.
                    boolean isJpeg = ImageHeader.of(thumbnail)
                            .filter(header -> "image/jpeg".equals(header.type()))
                            .isPresent();
                    if (!isJpeg) {
                        throw new NoSmallPicture("It is no JPEG");
                    }
                    return small.of(thumbnail);
                })
                .subscribeOn(views)
                .timeout(properties.longest());
    }

    /** One picture, and the process that works on it. */
    private final class Job {

        private @Nullable PictureWorker worker;
        private boolean hasEnded;

        byte[] jpegOf(Path file) throws IOException, NoSmallPicture {
            return begin().jpegOf(file);
        }

        private synchronized PictureWorker begin() throws IOException {
            if (hasEnded) {
                throw new IOException("Nobody waits for it any more");
            }
            PictureWorker free = idle.pollFirst();
            worker = free != null && free.isReady() ? free : new PictureWorker(properties);
            return worker;
        }

        /** A process that is still at it would block who waits for its answer for ever. */
        synchronized void end() {
            hasEnded = true;
            if (worker != null && worker.isReady()) {
                idle.addFirst(worker);
            } else if (worker != null) {
                worker.end();
            }
        }
    }

    /** One round. */
    @Scheduled(initialDelay = 20, fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void endIdle() {
        for (PictureWorker worker : idle) {
            // Whoever takes it out of the list has it.
            if (worker.isIdleFor(IDLE.toNanos()) && idle.remove(worker)) {
                worker.end();
            }
        }
    }

    @Override
    public void destroy() {
        threads.dispose();
        views.dispose();
        idle.forEach(PictureWorker::end);
        idle.clear();
    }
}
