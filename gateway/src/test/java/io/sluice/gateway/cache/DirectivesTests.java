package io.sluice.gateway.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpHeaders;

class DirectivesTests {

    @Test
    void readsNamesInAnyCaseAndArgumentsWithAndWithoutQuotes() {
        Directives read = directives("Public , MAX-AGE=60,s-maxage=\"7\"", "no-cache=\"a, private\"");

        assertThat(read.has("public")).isTrue();
        assertThat(read.duration("max-age")).hasValue(Duration.ofSeconds(60));
        assertThat(read.duration("s-maxage")).hasValue(Duration.ofSeconds(7));
        assertThat(read.has("no-cache")).isTrue();
        assertThat(read.has("private")).isFalse();
        assertThat(read.duration("min-fresh")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"max-age=x, 0", "max-age, 0", "max-age=-1, 0", "max-age=1.5, 0", "max-age=99999999999, 31536000"})
    void takesATimeThatCannotBeReadForNone(String header, long seconds) {
        assertThat(directives(header).duration("max-age")).hasValue(Duration.ofSeconds(seconds));
    }

    @Test
    void keepsNothingThatIsSaidUnclearly() {
        assertThat(directives("private=\"x, public, max-age=60").mayBeStored()).isFalse();
    }

    @Test
    void hearsWhatOldClientsSay() {
        HttpHeaders headers = new HttpHeaders();
        headers.setPragma("no-cache");

        assertThat(Directives.of(headers).has("no-cache")).isTrue();
    }

    private static Directives directives(String... lines) {
        HttpHeaders headers = new HttpHeaders();
        for (String line : lines) {
            headers.add(HttpHeaders.CACHE_CONTROL, line);
        }
        return Directives.of(headers);
    }
}
