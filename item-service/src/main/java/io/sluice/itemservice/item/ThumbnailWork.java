package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.itemservice.media.NoSmallPicture;
import io.sluice.itemservice.media.ThumbnailProperties;
import io.sluice.itemservice.media.Thumbnailer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.function.Tuple2;

/**
 * Makes the thumbnails that were asked for, a few at a time, after the uploads have been answered. One that is cut off is made by
 * whichever replica finds it waiting; making it again changes nothing.
 */
@Component
class ThumbnailWork implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ThumbnailWork.class);

    private static final Duration POLL = Duration.ofSeconds(1);
    /** Few, so that who is waited for comes soon. */
    private static final int BATCH = 4;

    /** After so many it is given up: it is what ends those who try, or takes them too long. */
    static final int MOST_ATTEMPTS = 3;

    /** An item that is not stored so long after its thumbnail was asked for never will be. */
    static final Duration GIVEN_UP = Duration.ofMinutes(10);

    private static final Duration BEFORE_NEXT_LOOK = Duration.ofSeconds(20);

    /** Uploads are under way while the last one is no older. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(1);

    /** While they are, nine tenths of the time are theirs. */
    private static final int SHARE_OF_UPLOADS = 9;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    private final ThumbnailJobs jobs;
    private final Thumbnails thumbnails;
    private final Thumbnailer thumbnailer;
    private final Items items;
    private final ServiceFiles files;
    private final ItemDeletion deletion;
    private final BlobStore blobs;
    private final GoneDatasets gone;
    private final ThumbnailProperties properties;
    private final Clock clock;
    private Disposable work = Disposables.disposed();

    ThumbnailWork(
            ThumbnailJobs jobs,
            Thumbnails thumbnails,
            Thumbnailer thumbnailer,
            Items items,
            ServiceFiles files,
            ItemDeletion deletion,
            BlobStore blobs,
            GoneDatasets gone,
            ThumbnailProperties properties,
            Clock clock) {
        this.jobs = jobs;
        this.thumbnails = thumbnails;
        this.thumbnailer = thumbnailer;
        this.items = items;
        this.files = files;
        this.deletion = deletion;
        this.blobs = blobs;
        this.gone = gone;
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public void start() {
        if (properties.atOnce() > 0) {
            work = Flux.interval(POLL)
                    .onBackpressureDrop()
                    .concatMap(tick -> round(), 1)
                    .subscribe();
        }
    }

    @Override
    public void stop() {
        work.dispose();
    }

    @Override
    public boolean isRunning() {
        return !work.isDisposed();
    }

    /** Everything that waits. */
    private Mono<Void> round() {
        return Flux.defer(() -> jobs.due(BATCH))
                .flatMap(waiting -> jobs.claim(waiting).flatMap(this::carryOut), properties.atOnce())
                .count()
                .repeat()
                .takeUntil(taken -> taken == 0)
                .then()
                .onErrorResume(failure -> {
                    log.warn("Thumbnails wait, to be made later: {}", failure.toString());
                    return Mono.empty();
                });
    }

    private Mono<ThumbnailJob> carryOut(ThumbnailJob job) {
        return Mono.defer(() -> items.find(job.itemId()))
                .filter(item -> hasBytes(item, job.sha256()))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(item -> item.isPresent() ? carryOut(job, item.get()) : missing(job))
                .onErrorResume(failure -> {
                    // Somebody tries again when the lease is over.
                    log.warn("The thumbnail of item {} was not made: {}", job.itemId(), failure.toString());
                    return Mono.empty();
                })
                .thenReturn(job)
                .elapsed()
                .delayUntil(timed -> giveWay(Duration.ofMillis(timed.getT1())))
                .map(Tuple2::getT2);
    }

    private static boolean hasBytes(Item item, String sha256) {
        Content content = item.content();
        return content != null && content.sha256().equals(sha256);
    }

    private Mono<Long> giveWay(Duration worked) {
        boolean areUnderWay = clock.instant().isBefore(jobs.lastAsked().plus(UNDER_WAY));
        Duration pause = worked.multipliedBy(SHARE_OF_UPLOADS);
        return areUnderWay ? Mono.delay(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause) : Mono.empty();
    }

    /** Not stored yet, or gone, or with other bytes by now; then somebody asks for the thumbnail of those. */
    private Mono<Void> missing(ThumbnailJob job) {
        boolean isGivenUp = clock.instant().isAfter(job.askedAt().plus(GIVEN_UP));
        return items.findAt(job.datasetId(), Thumbnails.pathOf(job.itemId(), job.sha256()))
                .flatMap(deletion::delete)
                .then(Mono.defer(() -> isGivenUp ? jobs.end(job) : jobs.later(job, BEFORE_NEXT_LOOK)));
    }

    private Mono<Void> carryOut(ThumbnailJob job, Item item) {
        return settle(job, item)
                .then(Mono.defer(() -> letGoOfFormer(job, item)))
                .then(Mono.defer(() -> jobs.end(job)));
    }

    private Mono<Void> settle(ThumbnailJob job, Item item) {
        if (!thumbnails.isWanted(item)) {
            return Mono.empty();
        }
        if (job.attempts() > MOST_ATTEMPTS) {
            return note(item, Thumbnails.ERROR, "It takes too much time or memory to be read")
                    .then();
        }
        return make(item)
                .onErrorResume(
                        NoSmallPicture.class, none -> note(item, Thumbnails.ERROR, String.valueOf(none.getMessage())))
                .then();
    }

    private Mono<Item> make(Item item) {
        Content content = Objects.requireNonNull(item.content());
        ItemPath path = Thumbnails.pathOf(item.id(), content.sha256());
        return items.findAt(item.datasetId(), path)
                .switchIfEmpty(Mono.defer(() -> write(item, content, path)))
                .flatMap(thumbnail -> note(item, Thumbnails.ID, thumbnail.id())
                        .switchIfEmpty(
                                Mono.defer(() -> deletion.delete(thumbnail).then(Mono.empty()))));
    }

    /** A dataset that is gone needs none. */
    private Mono<Item> write(Item item, Content content, ItemPath path) {
        var description =
                new ServiceFiles.Description(item.datasetId(), path, Thumbnails.MIMETYPE, item.creator(), Map::of);
        return gone.contains(item.datasetId())
                .filter(isGone -> !isGone)
                .flatMap(isThere -> blobs.fileOf(content, thumbnailer::jpegOf))
                .flatMap(jpeg -> files.ensure(description, Flux.just(jpeg)));
    }

    /** The item with what is noted; empty when it is gone or has other bytes by now. */
    private Mono<Item> note(Item item, String key, String value) {
        String sha256 = Objects.requireNonNull(item.content()).sha256();
        return Mono.defer(() -> items.find(item.id()))
                .filter(current -> hasBytes(current, sha256))
                .flatMap(current -> value.equals(
                                current.metadata().object(Item.SYSTEM).members().get(key))
                        ? Mono.just(current)
                        : items.save(current.noting(key, value)))
                .retryWhen(Items.AGAIN_ON_CONFLICT);
    }

    private Mono<Void> letGoOfFormer(ThumbnailJob job, Item item) {
        ItemPath current = Thumbnails.pathOf(item.id(), job.sha256());
        return Flux.fromIterable(Objects.requireNonNullElse(job.former(), List.<String>of()))
                .concatMap(items::find)
                .filter(former -> former.datasetId().equals(item.datasetId())
                        && Thumbnails.isOf(item.id(), former.path())
                        && !former.path().equals(current))
                .concatMap(deletion::delete)
                .then();
    }
}
