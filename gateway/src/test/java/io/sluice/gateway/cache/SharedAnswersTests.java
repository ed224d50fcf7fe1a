package io.sluice.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

class SharedAnswersTests {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    private final HttpHeaders request = new HttpHeaders();

    @Test
    void keepNoMoreThanTheyMay() {
        SharedAnswers answers = new SharedAnswers(DataSize.ofMegabytes(1));

        IntStream.range(0, 200).forEach(number -> answers.keep(key("/" + number), answer(100_000)));

        assertThat(IntStream.range(0, 200)
                        .filter(number ->
                                answers.find(key("/" + number), request).isPresent())
                        .count())
                .isBetween(1L, 10L);
    }

    @Test
    void keepFewVariantsOfOneAnswer() {
        SharedAnswers answers = new SharedAnswers(DataSize.ofMegabytes(1));

        IntStream.range(0, 20).forEach(number -> answers.keep(key("/a"), inLanguage("l" + number)));

        assertThat(IntStream.range(0, 20)
                        .filter(number ->
                                answers.find(key("/a"), asking("l" + number)).isPresent()))
                .containsExactlyElementsOf(IntStream.range(12, 20).boxed().toList());
    }

    private static CacheKey key(String target) {
        return new CacheKey("auth-service", target, "http://gate");
    }

    private StoredAnswer answer(int size) {
        return StoredAnswer.of(new HttpHeaders(), new byte[size], request, NOW);
    }

    private static StoredAnswer inLanguage(String language) {
        HttpHeaders headers = new HttpHeaders();
        headers.add(HttpHeaders.VARY, "Accept-Language");
        return StoredAnswer.of(headers, new byte[1], asking(language), NOW);
    }

    private static HttpHeaders asking(String language) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.ACCEPT_LANGUAGE, language);
        return headers;
    }
}
