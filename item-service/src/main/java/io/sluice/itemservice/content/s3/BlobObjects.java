package io.sluice.itemservice.content.s3;

import io.sluice.itemservice.content.s3.ObjectIndex.Entry;
import io.sluice.kit.error.Problem;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bytes by their digest, an object for each. No key is ever used twice: where the bytes are, only the index says, so that
 * whoever deletes an object, however late, deletes nothing that somebody has put there since.
 */
public final class BlobObjects {

    private static final Logger log = LoggerFactory.getLogger(BlobObjects.class);

    private static final int AT_ONCE = 1_000;
    private static final int RETRY_AFTER_SECONDS = 5;

    /** After so long nobody else is at work any more on what he had said he would delete. */
    private static final Duration DEAD_FOR_LONG = Duration.ofMinutes(10);

    private final Bucket bucket;
    private final ObjectIndex index;
    private final Lots lots;
    private final int putsAtOnce;
    private final Clock clock;

    public BlobObjects(Bucket bucket, ReactiveMongoTemplate mongo, S3Properties properties, Clock clock) {
        this.bucket = bucket;
        this.index = new ObjectIndex(mongo);
        this.lots = new Lots(mongo, clock);
        this.putsAtOnce = properties.putsAtOnce();
        this.clock = clock;
    }

    /**
     * Makes the bytes durable and findable and takes them out of the trash; those that are there already are not sent.
     *
     * @return the digests of those that are; when something fails, what had not come so far is not
     */
    public Flux<String> keep(Collection<Upload> all) {
        return Flux.defer(() -> {
                    Map<String, Upload> byDigest = new LinkedHashMap<>();
                    all.forEach(upload -> byDigest.putIfAbsent(upload.sha256(), upload));
                    return keep(byDigest);
                })
                .onErrorMap(Bucket::explained);
    }

    private Flux<String> keep(Map<String, Upload> wanted) {
        return index.find(wanted.keySet()).flatMapMany(found -> {
            List<Upload> missing = new ArrayList<>();
            List<Upload> trashed = new ArrayList<>();
            List<String> there = new ArrayList<>();
            wanted.values().forEach(upload -> {
                Entry entry = found.get(upload.sha256());
                if (entry == null) {
                    missing.add(upload);
                } else if (entry.trashedAt() != null) {
                    trashed.add(upload);
                } else {
                    there.add(upload.sha256());
                }
            });
            return Flux.fromIterable(there)
                    .concatWith(Flux.fromIterable(trashed).concatMap(this::restored))
                    .concatWith(missing.isEmpty() ? Flux.empty() : make(missing));
        });
    }

    /** In the trash, or was a moment ago: when it is gone by now it is to be made after all. */
    private Flux<String> restored(Upload upload) {
        return index.restore(upload.sha256())
                .flatMapMany(isThere -> isThere ? Flux.just(upload.sha256()) : keep(Map.of(upload.sha256(), upload)));
    }

    /** An upload and the entry that its object will have. */
    private record Made(Upload upload, Lot lot, Entry entry) {}

    /** What was made is entered, whatever has become of the others. */
    private Flux<String> make(List<Upload> missing) {
        List<Throwable> failures = new ArrayList<>();
        return Flux.fromIterable(missing)
                .flatMap(
                        upload -> make(upload).onErrorResume(failure -> {
                            synchronized (failures) {
                                failures.add(failure);
                            }
                            return Mono.empty();
                        }),
                        putsAtOnce)
                .collectList()
                .flatMapMany(this::enter)
                .concatWith(Flux.defer(() -> {
                    synchronized (failures) {
                        return failures.isEmpty() ? Flux.empty() : Flux.error(failures.get(0));
                    }
                }));
    }

    private Mono<Made> make(Upload upload) {
        return lots.enter().flatMap(lot -> {
            if (!upload.begin(lot)) {
                return Mono.empty();
            }
            String key = keyOf(lot, upload.sha256());
            return upload.into(bucket, key)
                    .thenReturn(new Made(upload, lot, new Entry(upload.sha256(), key, upload.size(), null)));
        });
    }

    private String keyOf(Lot lot, String sha256) {
        return lotPrefix(lot.id()) + sha256 + "." + UUID.randomUUID().toString().substring(0, 8);
    }

    private String lotPrefix(String lot) {
        return bucket.location().prefix() + "blobs/" + lot + "/";
    }

    /** Says in the index where they are. The first to say so of some bytes is believed. */
    private Flux<String> enter(List<Made> made) {
        if (made.isEmpty()) {
            return Flux.empty();
        }
        return index.insert(made.stream().map(Made::entry).toList())
                .flatMap(taken -> requireOurs(made).thenReturn(taken))
                .flatMapMany(taken -> {
                    List<Made> second = new ArrayList<>();
                    List<String> there = new ArrayList<>();
                    for (Made one : made) {
                        if (taken.contains(one.entry().sha256())) {
                            second.add(one);
                        } else {
                            one.upload().certain();
                            there.add(one.entry().sha256());
                        }
                    }
                    return Flux.fromIterable(there)
                            .concatWith(Flux.fromIterable(second).concatMap(this::yield));
                });
    }

    /** Who comes second does without his object, and asks again what the first has put there. */
    private Flux<String> yield(Made second) {
        return bucket.delete(second.entry().key())
                .doOnSuccess(gone -> second.upload().certain())
                .onErrorComplete()
                .thenMany(Flux.defer(() -> keep(Map.of(second.entry().sha256(), second.upload()))));
    }

    /** Looked at after the entries are made: whoever takes a lot over does so before he looks at the index. */
    private Mono<Void> requireOurs(List<Made> made) {
        Map<Lot, List<Entry>> byLot = new HashMap<>();
        made.forEach(one ->
                byLot.computeIfAbsent(one.lot(), lot -> new ArrayList<>()).add(one.entry()));
        return Flux.fromIterable(byLot.entrySet())
                .concatMap(some -> lots.isOurs(some.getKey())
                        .filter(isOurs -> !isOurs)
                        .flatMap(lost -> index.remove(some.getValue())
                                .then(Mono.error(Problem.unavailable(
                                        "The upload took too long to be stored", RETRY_AFTER_SECONDS)))))
                .then();
    }

    /** Makes sure that nobody discards bytes any more that a document names. False when there are none. */
    public Mono<Boolean> hold(String sha256) {
        return index.find(sha256)
                .flatMap(entry -> entry.trashedAt() == null ? Mono.just(true) : index.restore(sha256))
                .defaultIfEmpty(false);
    }

    /** How long those of these bytes are that are here, also in the trash. */
    public Mono<Map<String, Long>> sizes(Collection<String> digests) {
        return Flux.fromIterable(digests)
                .buffer(AT_ONCE)
                .concatMap(index::find)
                .reduce(new HashMap<>(), (all, some) -> {
                    some.values().forEach(entry -> all.put(entry.sha256(), entry.size()));
                    return all;
                });
    }

    /** Reads a part of the bytes; fails with {@link MissingObject} when they are not here. */
    public Flux<ByteBuffer> read(String sha256, long start, long count) {
        return index.find(sha256)
                .switchIfEmpty(Mono.error(() -> new MissingObject(sha256)))
                .flatMapMany(entry -> bucket.get(entry.key(), start, count))
                .doOnError(MissingObject.class, lost -> log.error("Bytes cannot be read: {}", lost.getMessage()))
                .onErrorMap(Bucket::explained);
    }

    /** Writes the bytes into a new file. */
    public Mono<Path> copy(String sha256, long size, Path to) {
        var buffers = DefaultDataBufferFactory.sharedInstance;
        return Mono.using(
                () -> AsynchronousFileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                file -> DataBufferUtils.write(
                                (size == 0 ? Flux.<ByteBuffer>empty() : read(sha256, 0, size)).map(buffers::wrap), file)
                        .then(Mono.just(to)),
                BlobObjects::close);
    }

    private static void close(AsynchronousFileChannel file) {
        try {
            file.close();
        } catch (java.io.IOException failure) {
            log.warn("A file was not closed: {}", failure.toString());
        }
    }

    /** Puts bytes that nobody names into the trash. */
    public Mono<Void> discard(String sha256) {
        return index.discard(sha256, clock.instant());
    }

    /** Takes bytes out of the trash, if they are there. */
    public Mono<Void> restore(String sha256) {
        return index.restore(sha256).then(index.forgetTrash(sha256));
    }

    /** Removes bytes that are in the trash: first it is said that the object goes, then the entry goes, then the object. */
    public Mono<Void> purge(String sha256) {
        return index.find(sha256)
                .filter(entry -> entry.trashedAt() != null)
                .flatMap(trashed -> index.addDead(trashed, clock.instant())
                        .then(index.purge(trashed))
                        .flatMap(isGone -> isGone ? bucket.delete(trashed.key()) : Mono.empty())
                        .then(index.forgetDead(trashed.key())))
                .then(index.forgetTrash(sha256))
                .onErrorMap(Bucket::explained);
    }

    /** Digests that came into the trash before the {@code age}; perhaps they are there no more. */
    public Flux<String> inTrashFor(Duration age) {
        return index.inTrashBefore(clock.instant().minus(age));
    }

    /** Deletes what somebody had said he would. */
    public Mono<Void> bury() {
        return index.deadBefore(clock.instant().minus(DEAD_FOR_LONG))
                .concatMap(dead -> index.find(dead.sha256())
                        .filter(entry -> entry.key().equals(dead.key()))
                        .map(entry -> entry.trashedAt() == null ? index.forgetDead(dead.key()) : Mono.<Void>empty())
                        .defaultIfEmpty(bucket.delete(dead.key()).then(index.forgetDead(dead.key())))
                        .flatMap(Function.identity()))
                .then()
                .onErrorMap(Bucket::explained);
    }

    /** Says that this process is there; to be called several times in the {@link #lease}. */
    public Mono<Void> renew() {
        return lots.renew();
    }

    /** For how long others wait for a word of this process before they take its lots over. */
    public static Duration lease() {
        return Lots.LEASE;
    }

    /**
     * Takes over the lots of processes that are no more: deletes objects that the index does not name, gives up uploads in
     * parts. Which of the other bytes are nobody's, nobody may know.
     *
     * @param look sees to some of them
     */
    public Mono<Void> takeOver(Function<List<String>, Mono<Void>> look) {
        return lots.takeLeft()
                .concatMap(left -> bucket.abortAll(lotPrefix(left.id()))
                        .thenMany(bucket.list(lotPrefix(left.id())))
                        .buffer(AT_ONCE)
                        .concatMap(some -> lookAfter(some, look))
                        .then(lots.remove(left.id())))
                .then()
                .onErrorMap(Bucket::explained);
    }

    private Mono<Void> lookAfter(List<Bucket.Stored> some, Function<List<String>, Mono<Void>> look) {
        Set<String> digests = new HashSet<>();
        some.forEach(object -> digests.add(digestOf(object.key())));
        return index.find(digests).flatMap(found -> {
            List<String> named = new ArrayList<>();
            List<Bucket.Stored> nobodys = new ArrayList<>();
            for (Bucket.Stored object : some) {
                Entry entry = found.get(digestOf(object.key()));
                if (entry != null && entry.key().equals(object.key())) {
                    named.add(entry.sha256());
                } else {
                    nobodys.add(object);
                }
            }
            return Flux.fromIterable(nobodys)
                    .flatMap(object -> bucket.delete(object.key()), putsAtOnce)
                    .then(named.isEmpty() ? Mono.empty() : look.apply(named));
        });
    }

    /** Of a key that this class has made. */
    static String digestOf(String key) {
        String name = key.substring(key.lastIndexOf('/') + 1);
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** Leaves everything to the others, as far as that is possible. */
    public Mono<Void> close() {
        return Mono.fromRunnable(lots::seal).then(lots.renew());
    }
}
