package io.sluice.kit.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

class IdempotencyKeyTests {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'\"8e03978e-40d5-43dd-bc93-6894a57f9324\"', 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "8e03978e-40d5-43dd-bc93-6894a57f9324, 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "' a/b+c== ', a/b+c==",
                "'\"a,b;c\"', 'a,b;c'",
                "'\"a\\\\b\\\"c\"', 'a\\b\"c'"
            })
    void isAStringOrABareWord(String header, String value) {
        assertThat(IdempotencyKey.of(List.of(header)).value()).isEqualTo(value);
    }

    @Test
    void hasUpTo255Characters() {
        assertThat(IdempotencyKey.of(List.of("\"" + "\\\"".repeat(255) + "\"")).value())
                .hasSize(255);

        assertRefused("k".repeat(256));
        assertRefused("\"" + "k".repeat(256) + "\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"\"",
                "a b",
                "\"a b\"",
                "\"a",
                "a\"",
                "a,b",
                "a;b=1",
                "\"a\\b\"",
                "clé",
                "\"a\";b",
                "a\u0007"
            })
    void isRefusedInAnyOtherForm(String header) {
        assertRefused(header);
    }

    @Test
    void comesOnce() {
        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> IdempotencyKey.of(List.of("a", "a")));
    }

    private static void assertRefused(String header) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> IdempotencyKey.of(List.of(header)))
                .satisfies(
                        refused -> assertThat(refused.getStatusCode().value()).isEqualTo(400))
                .satisfies(refused -> assertThat(refused.getBody().getDetail()).startsWith("Idempotency-Key"));
    }
}
