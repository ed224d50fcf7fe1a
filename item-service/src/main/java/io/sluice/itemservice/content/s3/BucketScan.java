package io.sluice.itemservice.content.s3;

import io.sluice.itemservice.content.s3.ObjectIndex.Entry;
import io.sluice.itemservice.content.segment.Findings;
import io.sluice.itemservice.content.segment.Waiting;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Walks through all objects and all of the index, for somebody who takes his time. */
public final class BucketScan {

    private static final int AT_ONCE = 1_000;
    private static final int ASKED_AT_ONCE = 16;

    /** What came later may be an upload that is under way. */
    private static final Duration UNDER_WAY = Duration.ofHours(1);

    private static final Duration LONGEST = Duration.ofDays(30);

    private final Bucket bucket;
    private final ObjectIndex index;
    private final Lots lots;
    private final Clock clock;

    public BucketScan(Bucket bucket, ReactiveMongoTemplate mongo, Clock clock) {
        this.bucket = bucket;
        this.index = new ObjectIndex(mongo);
        this.lots = new Lots(mongo, clock);
        this.clock = clock;
    }

    /** How many bytes the index tells of. */
    public long size() throws IOException {
        return Objects.requireNonNullElse(waitFor(index.all().reduce(0L, (sum, entry) -> sum + entry.size())), 0L);
    }

    /** Reads all that the index names, and compares it with its digest. */
    public void verify(Findings findings) throws IOException {
        waitFor(index.all().concatMap(entry -> verify(entry, findings), 1).then());
    }

    private Mono<Void> verify(Entry entry, Findings findings) {
        MessageDigest digest = sha256();
        Mono<Void> read = entry.size() == 0
                ? Mono.empty()
                : bucket.get(entry.key(), 0, entry.size())
                        .doOnNext(bytes -> {
                            int count = bytes.remaining();
                            digest.update(bytes);
                            findings.read(count);
                        })
                        .then();
        return read.then(Mono.<Void>fromRunnable(() -> {
                    if (!HexFormat.of().formatHex(digest.digest()).equals(entry.sha256())) {
                        findings.wrong("object " + entry.key() + ": the bytes of " + entry.sha256() + " are damaged");
                    }
                }))
                .onErrorResume(MissingObject.class, missing -> Mono.fromRunnable(() -> missing(entry, findings)));
    }

    private static void missing(Entry entry, Findings findings) {
        findings.wrong(
                "the index says that " + entry.sha256() + " is the object " + entry.key() + ", which is missing");
    }

    /**
     * Compares documents, index and objects.
     *
     * @param all digests that documents name
     * @param named those of some digests that documents name
     * @param release leaves bytes to the sweep
     */
    public void compare(
            Flux<String> all,
            Function<Collection<String>, Mono<Set<String>>> named,
            Function<String, Mono<Void>> release,
            boolean repairs,
            Findings findings)
            throws IOException {
        Set<String> underWay =
                Objects.requireNonNullElse(waitFor(lots.noted().collect(Collectors.toSet())), Set.<String>of());
        waitFor(bucket.list(bucket.location().prefix() + "blobs/")
                .buffer(AT_ONCE)
                .concatMap(some -> compare(some, named, underWay, repairs, findings), 1)
                .then());
        waitFor(index.all()
                .flatMap(entry -> isThere(entry).filter(isThere -> !isThere).map(gone -> entry), ASKED_AT_ONCE)
                .concatMap(entry -> {
                    missing(entry, findings);
                    return repairs
                            ? index.remove(List.of(entry))
                                    .doOnSuccess(done -> findings.repaired("the index says so no more"))
                            : Mono.empty();
                })
                .then());
        waitFor(index.all()
                .filter(entry -> entry.trashedAt() == null && !underWay.contains(lotOf(entry.key())))
                .map(Entry::sha256)
                .buffer(AT_ONCE)
                .concatMap(some -> named.apply(some).flatMapIterable(known -> {
                    Set<String> orphans = new HashSet<>(some);
                    orphans.removeAll(known);
                    return orphans;
                }))
                .concatMap(orphan -> {
                    String what = "the bytes " + orphan + ": no document names them";
                    if (!repairs) {
                        findings.harmless(what);
                        return Mono.empty();
                    }
                    return release.apply(orphan).doOnSuccess(done -> findings.repaired(what));
                })
                .then());
        waitFor(all.buffer(AT_ONCE)
                .concatMap(some -> index.find(some)
                        .doOnNext(known -> Set.copyOf(some).stream()
                                .filter(sha256 -> !known.containsKey(sha256))
                                .forEach(lost ->
                                        findings.wrong("documents name the bytes " + lost + ", which are lost"))))
                .then());
    }

    private Mono<Boolean> isThere(Entry entry) {
        return bucket.size(entry.key()).map(size -> size == entry.size()).defaultIfEmpty(false);
    }

    /** An object that the index does not name is nobody's, unless documents name its bytes and the index knows of none. */
    private Mono<Void> compare(
            List<Bucket.Stored> some,
            Function<Collection<String>, Mono<Set<String>>> named,
            Set<String> underWay,
            boolean repairs,
            Findings findings) {
        Instant limit = clock.instant().minus(UNDER_WAY);
        Set<String> digests = some.stream()
                .map(object -> BlobObjects.digestOf(object.key()))
                .collect(Collectors.toCollection(HashSet::new));
        return Mono.zip(index.find(digests), named.apply(digests))
                .flatMapMany(both -> Flux.fromIterable(some).concatMap(object -> {
                    Map<String, Entry> found = both.getT1();
                    String sha256 = BlobObjects.digestOf(object.key());
                    Entry entry = found.get(sha256);
                    if (entry == null && both.getT2().contains(sha256)) {
                        return unknown(object, sha256, repairs, findings);
                    }
                    boolean isNobodys = entry == null || !entry.key().equals(object.key());
                    boolean isOld = object.changedAt().isBefore(limit) && !underWay.contains(lotOf(object.key()));
                    return isNobodys && isOld ? nobodys(object, repairs, findings) : Mono.empty();
                }))
                .then();
    }

    private Mono<Void> unknown(Bucket.Stored object, String sha256, boolean repairs, Findings findings) {
        String what = "the index does not say that " + sha256 + " is the object " + object.key();
        if (!repairs) {
            findings.wrong(what);
            return Mono.empty();
        }
        return index.insert(List.of(new Entry(sha256, object.key(), object.size(), null)))
                .doOnNext(done -> findings.repaired(what))
                .then();
    }

    private Mono<Void> nobodys(Bucket.Stored object, boolean repairs, Findings findings) {
        String what = "object " + object.key() + ": nobody names it";
        if (!repairs) {
            findings.harmless(what);
            return Mono.empty();
        }
        return bucket.delete(object.key()).doOnSuccess(gone -> findings.repaired(what));
    }

    private static String lotOf(String key) {
        String[] parts = key.split("/");
        return parts.length < 2 ? "" : parts[parts.length - 2];
    }

    private static <T> @Nullable T waitFor(Mono<T> work) throws IOException {
        return Waiting.on(work, LONGEST);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
