package io.sluice.authservice.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

class SecretTests {

    private final Secret secret = Secret.random();

    @Test
    void carries256RandomBits() {
        assertThat(Base64.getUrlDecoder().decode(secret.value())).hasSize(32);
        assertThat(Secret.random()).isNotEqualTo(secret);
    }

    @Test
    void isStoredAsItsSha256() {
        assertThat(new Secret("abc").digest())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(secret.hasDigest(secret.digest())).isTrue();
        assertThat(secret.hasDigest(Secret.random().digest())).isFalse();
    }

    @Test
    void givesTheSameOtherSecretForTheSameSalt() {
        assertThat(secret.derived("salt")).isEqualTo(secret.derived("salt")).isNotEqualTo(secret);
        assertThat(secret.derived("other")).isNotEqualTo(secret.derived("salt"));
        assertThat(Secret.random().derived("salt")).isNotEqualTo(secret.derived("salt"));
    }

    @Test
    void staysOutOfLogLines() {
        assertThat(secret.toString()).doesNotContain(secret.value());
    }
}
