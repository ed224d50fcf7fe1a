package io.sluice.kit.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class KeySealTests {

    private static final byte[] KEY = "a private key".getBytes(StandardCharsets.UTF_8);

    private final KeySeal seal = new KeySeal(secret());

    @Test
    void opensWhatItHasSealed() {
        assertThat(seal.open("auth-service/1", seal.seal("auth-service/1", KEY)))
                .contains(KEY);
    }

    @Test
    void neverSealsTheSameWayTwice() {
        assertThat(seal.seal("auth-service/1", KEY)).isNotEqualTo(seal.seal("auth-service/1", KEY));
    }

    @Test
    void opensNothingWithAnotherSecret() {
        assertThat(new KeySeal(secret()).open("auth-service/1", seal.seal("auth-service/1", KEY)))
                .isEmpty();
    }

    @Test
    void opensNoKeyInThePlaceOfAnother() {
        assertThat(seal.open("auth-service/2", seal.seal("auth-service/1", KEY)))
                .isEmpty();
    }

    @Test
    void opensNothingThatSomebodyHasChanged() {
        String sealed = seal.seal("auth-service/1", KEY);
        char last = sealed.charAt(sealed.length() - 1);
        String changed = sealed.substring(0, sealed.length() - 1) + (last == '0' ? '1' : '0');

        assertThat(seal.open("auth-service/1", changed)).isEmpty();
        assertThat(seal.open("auth-service/1", sealed.substring(0, 20))).isEmpty();
        assertThat(seal.open("auth-service/1", "no hexadecimal")).isEmpty();
    }

    @Test
    void wantsASecretOf32Bytes() {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeySeal(new byte[16]));
    }

    private static byte[] secret() {
        byte[] secret = new byte[KeySeal.SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        return secret;
    }
}
