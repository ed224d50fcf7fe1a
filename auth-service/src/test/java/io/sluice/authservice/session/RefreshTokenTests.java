package io.sluice.authservice.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class RefreshTokenTests {

    private final RefreshToken token = RefreshToken.random(new SecureRandom());

    @Test
    void carries256RandomBits() {
        assertThat(Base64.getUrlDecoder().decode(token.value())).hasSize(32);
        assertThat(RefreshToken.random(new SecureRandom())).isNotEqualTo(token);
    }

    @Test
    void isStoredAsItsSha256() {
        assertThat(new RefreshToken("abc").digest())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void staysOutOfLogLines() {
        assertThat(token.toString()).doesNotContain(token.value());
    }
}
