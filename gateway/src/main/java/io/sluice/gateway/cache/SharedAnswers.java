package io.sluice.gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

/** The answers that are kept, at most so many bytes; what is asked for seldom goes first. */
final class SharedAnswers {

    /** Most answers to one question that differ in what they vary by; the oldest goes. */
    private static final int MOST_VARIANTS = 8;

    private final Cache<CacheKey, List<StoredAnswer>> answers;

    SharedAnswers(DataSize size) {
        this.answers = Caffeine.newBuilder()
                .maximumWeight(size.toBytes())
                .weigher((CacheKey key, List<StoredAnswer> variants) -> 2 * key.size()
                        + variants.stream().mapToInt(StoredAnswer::weight).sum())
                .executor(Runnable::run)
                .build();
    }

    /** That of the variants which answers such a request. */
    Optional<StoredAnswer> find(CacheKey key, HttpHeaders request) {
        List<StoredAnswer> variants = answers.getIfPresent(key);
        return variants == null
                ? Optional.empty()
                : variants.stream().filter(answer -> answer.answers(request)).findFirst();
    }

    void keep(CacheKey key, StoredAnswer answer) {
        answers.asMap()
                .merge(
                        key,
                        List.of(answer),
                        (before, one) -> Stream.concat(
                                        one.stream(),
                                        before.stream()
                                                .filter(other -> !other.varied().equals(answer.varied())))
                                .limit(MOST_VARIANTS)
                                .toList());
    }

    void forget(CacheKey key) {
        answers.invalidate(key);
    }

    /** Forgets the answers to a question at whatever address it was asked. */
    void forgetAll(String target) {
        answers.asMap().keySet().removeIf(key -> key.target().equals(target));
    }
}
