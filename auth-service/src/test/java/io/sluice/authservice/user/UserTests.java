package io.sluice.authservice.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserTests {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"Ann,Lee,Ann Lee", "Ann,'',Ann", "'',Lee,Lee", "'','',ann@example.org", "' ',' ',ann@example.org"})
    void isCalledByTheNamesThatAreThere(String firstName, String lastName, String name) {
        assertThat(User.of("ann@example.org", firstName, lastName, "hash", NOW).name())
                .isEqualTo(name);
    }

    @Test
    void isTheSameInAnyCase() {
        assertThat(User.of("Ann@Example.ORG", "", "", "hash", NOW).email()).isEqualTo("ann@example.org");
    }

    @Test
    void keepsTheHashOutOfLogLines() {
        assertThat(User.of("ann@example.org", "", "", "the-hash", NOW).toString())
                .contains("ann@example.org")
                .doesNotContain("the-hash");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a@b", "ann@example.org", "ann.lee+tag@sub.example.org", "admin@sluice.local", "o'x@x-y.org"})
    void acceptsEmailAddresses(String text) {
        assertThat(User.isEmail(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "ann@",
                "@example.org",
                "ann@example.org ",
                "ann lee@example.org",
                "ann@exa\u0000mple.org",
                "ann@example..org",
                "ann@-example.org",
                "ann@example.org\n",
                "an\u00f1@example.org",
                "ann@a@b"
            })
    void refusesWhatIsNoEmailAddress(String text) {
        assertThat(User.isEmail(text)).isFalse();
    }

    @Test
    void refusesAnAddressThatIsTooLongAtOnce() {
        String longest = "a".repeat(242) + "@example.org";

        assertThat(User.isEmail(longest)).isTrue();
        assertThat(User.isEmail("a" + longest)).isFalse();
        assertThat(User.isEmail("a@" + "a.".repeat(4_000_000) + "org")).isFalse();
    }
}
