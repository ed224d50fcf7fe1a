package io.sluice.authservice.administrator;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.authservice.password.PasswordHashing;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GeneratedPasswordTests {

    @Test
    void isEasyToType() {
        assertThat(GeneratedPassword.next()).matches("[2-9a-km-np-z]{7}(-[2-9a-km-np-z]{7}){3}");
    }

    @Test
    void isAcceptedAsAPassword() {
        assertThat(PasswordHashing.isAcceptable(GeneratedPassword.next())).isTrue();
    }

    @Test
    void isAnotherOneEachTime() {
        assertThat(Stream.generate(GeneratedPassword::next).limit(1000)).doesNotHaveDuplicates();
    }
}
