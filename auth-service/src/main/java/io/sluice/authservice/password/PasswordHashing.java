package io.sluice.authservice.password;

import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Hashes passwords with argon2id. A hash is made to be costly, so few run at a time, and few wait and not for long; who
 * comes after that is told to try again ({@link Problem#UNAVAILABLE}).
 */
@Component
public class PasswordHashing implements DisposableBean {

    /** The fewest characters of a password. NIST SP 800-63B §3.1.1.2, which also says: no rules about which ones. */
    public static final int SHORTEST = 8;

    /** The most characters of a password; a longer one is refused before it costs anything. */
    public static final int LONGEST = 256;

    // The OWASP Password Storage Cheat Sheet's parameters for argon2id: 19 MiB, two passes, one lane.
    private static final int MEMORY_KIB = 19 * 1024;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    private static final int MOST_WAITING = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final Argon2PasswordEncoder argon2;
    private final Duration longestWait;
    private final ThreadPoolExecutor threads;
    private final Scheduler scheduler;
    private final String nobodysHash;

    public PasswordHashing() {
        this(affordable(), MOST_WAITING, LONGEST_WAIT);
    }

    PasswordHashing(int atATime, int mostWaiting, Duration longestWait) {
        this(atATime, mostWaiting, longestWait, MEMORY_KIB, PASSES);
    }

    PasswordHashing(int atATime, int mostWaiting, Duration longestWait, int memoryKib, int passes) {
        argon2 = new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, LANES, memoryKib, passes);
        nobodysHash = nobodysHash(memoryKib, passes);
        this.longestWait = longestWait;
        threads = new ThreadPoolExecutor(
                atATime,
                atATime,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(mostWaiting),
                new CustomizableThreadFactory("argon2-"));
        threads.allowCoreThreadTimeOut(true);
        scheduler = Schedulers.fromExecutorService(threads, "argon2");
    }

    /** One processor stays free for everything else, and three quarters of the heap. */
    private static int affordable() {
        Runtime machine = Runtime.getRuntime();
        long inMemory = machine.maxMemory() / 4 / (MEMORY_KIB * 1024L);
        return (int) Math.max(1, Math.min(machine.availableProcessors() - 1, inMemory));
    }

    /** How many are hashed at this moment. */
    int running() {
        return threads.getActiveCount();
    }

    /** How many are hashed at the same time at most. */
    int atOnce() {
        return threads.getMaximumPoolSize();
    }

    /** How many wait for their turn. */
    int waiting() {
        return threads.getQueue().size();
    }

    /** Whether this can be a password at all. */
    public static boolean isAcceptable(String password) {
        return password.length() >= SHORTEST && password.length() <= LONGEST;
    }

    /** The hash to store for a password. */
    public Mono<String> hash(String password) {
        return bounded(() -> encode(password));
    }

    /** Whether the hash was made of this password. */
    public Mono<Boolean> matches(String password, String hash) {
        return bounded(() -> argon2.matches(normalized(password), hash));
    }

    /** A hash that no password has and that costs as much to check as any: for a user who does not exist. */
    public String nobodys() {
        return nobodysHash;
    }

    private String encode(String password) {
        String hash = argon2.encode(normalized(password));
        if (hash == null) {
            throw new IllegalStateException("No hash of a password");
        }
        return hash;
    }

    private <T> Mono<T> bounded(Callable<T> work) {
        return Mono.fromCallable(work)
                .subscribeOn(scheduler)
                .timeout(longestWait)
                .onErrorMap(
                        failure -> failure instanceof RejectedExecutionException || failure instanceof TimeoutException,
                        crowd -> Problem.unavailable(
                                "Too many people sign in at this moment; try again", RETRY_AFTER_SECONDS));
    }

    /**
     * The same characters typed on two keyboards may arrive in different code points (NIST SP 800-63B §3.1.1.2: NFKC).
     * Half a surrogate pair has no UTF-8 form and becomes a question mark.
     */
    private static String normalized(String password) {
        String encodable = new String(password.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return Normalizer.normalize(encodable, Normalizer.Form.NFKC);
    }

    private static String nobodysHash(int memoryKib, int passes) {
        SecureRandom random = new SecureRandom();
        byte[] salt = new byte[SALT_BYTES];
        byte[] hash = new byte[HASH_BYTES];
        random.nextBytes(salt);
        random.nextBytes(hash);
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(memoryKib, passes, LANES, base64.encodeToString(salt), base64.encodeToString(hash));
    }

    @Override
    public void destroy() {
        scheduler.dispose();
        threads.shutdownNow();
    }
}
