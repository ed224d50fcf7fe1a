package io.sluice.kit.token;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keys that all replicas share and that survive a restart: the private half is in the database, sealed. The next key is
 * published {@link #OVERLAP} before it signs, longer than anybody keeps the published set or a replica its list of keys.
 */
class KeysAtRest implements KeySource {

    /** How long a key is published before it signs. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    /** How long before its end a key's successor is made. */
    static final Duration LEAD = Duration.ofMinutes(10);

    /** How long a replica goes by what it has read. */
    static final Duration REREAD = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(KeysAtRest.class);

    private final StoredKeys stored;
    private final KeyPairs pairs;
    private final KeySeal seal;
    private final Duration rotation;
    private final Clock clock;
    private final AtomicReference<@Nullable Mono<Known>> known = new AtomicReference<>();
    private final Map<String, PrivateKey> opened = new ConcurrentHashMap<>();
    private volatile Known last = new Known(List.of(), Instant.EPOCH);

    /** @param rotation how long one key signs */
    KeysAtRest(StoredKeys stored, KeyPairs pairs, KeySeal seal, Duration rotation, Clock clock) {
        this.stored = stored;
        this.pairs = pairs;
        this.seal = seal;
        this.rotation = rotation;
        this.clock = clock;
    }

    /** The keys as they were at some moment. */
    private record Known(List<SigningKey> keys, Instant readAt) {

        Optional<SigningKey> signing(Instant now) {
            return keys.stream().filter(key -> key.signsAt(now)).max(Comparator.comparing(SigningKey::signsFrom));
        }

        Optional<SigningKey> newest() {
            return keys.stream().max(Comparator.comparing(SigningKey::signsFrom));
        }
    }

    @Override
    public Mono<SigningKey> current() {
        Mono<Known> shared = known.updateAndGet(read -> read == null ? load() : read);
        return shared.flatMap(keys -> {
            Instant now = clock.instant();
            if (now.isBefore(keys.readAt().plus(REREAD))) {
                return Mono.justOrEmpty(keys.signing(now).or(keys::newest));
            }
            known.compareAndSet(shared, null);
            return current();
        });
    }

    @Override
    public Mono<SigningKey> rotate() {
        return Mono.defer(() -> make(clock.instant().plus(OVERLAP)))
                .flatMap(next -> stored.sealed()
                        .filter(key -> !key.id().equals(next.id()))
                        .concatMap(key -> stored.retire(key.id(), next.signsFrom()))
                        .then(Mono.fromRunnable(() -> known.set(null)))
                        .thenReturn(next));
    }

    /** Reads the keys and sees to it that one can sign, now and when that one is too old. A failure is not remembered. */
    private Mono<Known> load() {
        return stored.sealed()
                .concatMap(key -> Mono.justOrEmpty(open(key)))
                .collectList()
                .flatMap(this::withSuccessor)
                .map(keys -> new Known(keys, clock.instant()))
                .doOnNext(keys -> last = keys)
                .onErrorResume(this::lastKnown)
                .cacheInvalidateIf(keys -> false);
    }

    /** A database that does not answer for a while keeps nobody from signing. */
    private Mono<Known> lastKnown(Throwable failure) {
        Instant now = clock.instant();
        if (last.signing(now).isEmpty()) {
            return Mono.error(failure);
        }
        log.warn("The signing keys cannot be read, going on with those known: {}", failure.toString());
        return Mono.just(new Known(last.keys(), now));
    }

    private Mono<List<SigningKey>> withSuccessor(List<SigningKey> keys) {
        Instant now = clock.instant();
        Known read = new Known(keys, now);
        Optional<SigningKey> newest = read.newest();
        if (newest.isEmpty()) {
            return make(now).map(List::of);
        }
        Instant end = newest.get().retiresAt();
        if (now.isBefore(end.minus(LEAD))) {
            return Mono.just(keys);
        }
        Instant start = now.plus(OVERLAP).isBefore(end) ? now.plus(OVERLAP) : end;
        return make(start)
                .flatMapMany(next -> Flux.fromIterable(keys).concatWithValues(next))
                .collectList();
    }

    private Mono<SigningKey> make(Instant signsFrom) {
        return Mono.fromCallable(pairs::next)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(pair -> publish(pair, signsFrom));
    }

    private Mono<SigningKey> publish(KeyPair pair, Instant signsFrom) {
        String id = stored.newId();
        String sealed = seal.seal(id, pair.getPrivate().getEncoded());
        Instant retiresAt = signsFrom.plus(rotation);
        opened.put(id, pair.getPrivate());
        return stored.forgetRetired()
                .then(stored.publish(StoredKey.of(id, pair.getPublic(), sealed, signsFrom, retiresAt)))
                .doOnSuccess(done -> log.info("Made the signing key {}, which signs from {}", id, signsFrom))
                .thenReturn(new SigningKey(id, pair.getPrivate(), signsFrom, retiresAt));
    }

    private Optional<SigningKey> open(StoredKey key) {
        if (key.sealed() == null || key.signsFrom() == null || key.retiresAt() == null) {
            return Optional.empty();
        }
        PrivateKey known = opened.get(key.id());
        if (known == null) {
            Optional<byte[]> encoded = seal.open(key.id(), key.sealed());
            if (encoded.isEmpty()) {
                log.warn("The signing key {} was sealed with another secret; it only verifies", key.id());
                return Optional.empty();
            }
            known = privateKey(encoded.get());
            opened.put(key.id(), known);
        }
        return Optional.of(new SigningKey(key.id(), known, key.signsFrom(), key.retiresAt()));
    }

    private static PrivateKey privateKey(byte[] encoded) {
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (NoSuchAlgorithmException | InvalidKeySpecException broken) {
            throw new IllegalStateException("A sealed key is no RSA key", broken);
        }
    }
}
