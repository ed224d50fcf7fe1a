package io.sluice.kit.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Keys of this process alone: the private half is in its memory only, the public half goes to the database before the
 * first token is signed.
 */
class KeysInMemory implements KeySource {

    /** How long one pair signs. */
    static final Duration ROTATION = Duration.ofHours(24);

    private final StoredKeys stored;
    private final KeyPairs pairs;
    private final Clock clock;
    private final AtomicReference<@Nullable Mono<SigningKey>> active = new AtomicReference<>();

    KeysInMemory(StoredKeys stored, Clock clock, KeyPairs pairs) {
        this.stored = stored;
        this.pairs = pairs;
        this.clock = clock;
    }

    @Override
    public Mono<SigningKey> current() {
        Mono<SigningKey> current = active.updateAndGet(known -> known == null ? newKey() : known);
        return current.flatMap(key -> {
            if (key.mayStillSignAt(clock.instant())) {
                return Mono.just(key);
            }
            active.compareAndSet(current, null);
            return current();
        });
    }

    @Override
    public Mono<SigningKey> rotate() {
        return Mono.defer(() -> {
            active.set(null);
            return current();
        });
    }

    /** Makes and publishes a pair once; a failure is not remembered. */
    private Mono<SigningKey> newKey() {
        return Mono.fromCallable(pairs::next)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(pair -> {
                    Instant now = clock.instant();
                    String id = stored.newId();
                    StoredKey published = StoredKey.of(id, pair.getPublic(), null, now, now.plus(ROTATION));
                    return stored.publish(published)
                            .thenReturn(new SigningKey(id, pair.getPrivate(), now, now.plus(ROTATION)));
                })
                .cacheInvalidateIf(key -> false);
    }
}
