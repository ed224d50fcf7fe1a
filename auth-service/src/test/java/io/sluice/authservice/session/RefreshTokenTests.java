package io.sluice.authservice.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.authservice.secret.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshTokenTests {

    @Test
    void isReadAsItWasWritten() {
        RefreshToken lasting = new RefreshToken("6b0183990000000000001001", Secret.random(), null);
        RefreshToken turning = new RefreshToken("6b0183990000000000001001", Secret.random(), Secret.random());

        assertThat(RefreshToken.parse(lasting.value())).contains(lasting);
        assertThat(RefreshToken.parse(turning.value())).contains(turning);
        assertThat(turning.value().length()).isLessThanOrEqualTo(RefreshToken.LONGEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b.c.d"})
    void isRefusedWhenItIsNoneOfOurs(String text) {
        assertThat(RefreshToken.parse(text)).isEmpty();
        assertThat(RefreshToken.parse("a." + "x".repeat(RefreshToken.LONGEST))).isEmpty();
    }

    @Test
    void staysOutOfLogLines() {
        Secret secret = Secret.random();

        assertThat(new RefreshToken("6b0183990000000000001001", secret, null).toString())
                .doesNotContain(secret.value());
    }
}
