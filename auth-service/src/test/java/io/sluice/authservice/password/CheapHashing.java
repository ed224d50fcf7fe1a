package io.sluice.authservice.password;

import java.time.Duration;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * Hashes that cost next to nothing, for tests that are about something else: each of their people has a password. A service that
 * a test starts by itself finds this without being told.
 */
@TestConfiguration(proxyBeanMethods = false)
public class CheapHashing {

    private static final int AT_A_TIME = 1;
    private static final int MOST_WAITING = 100;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int MEMORY_KIB = 8;
    private static final int PASSES = 1;

    @Bean
    @Primary
    PasswordHashing cheapHashing() {
        return new PasswordHashing(AT_A_TIME, MOST_WAITING, LONGEST_WAIT, MEMORY_KIB, PASSES);
    }
}
