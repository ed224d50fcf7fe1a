package io.sluice.kit.token;

import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Hands the same few pairs to all services that the tests of a module start: to make one is the larger part of what the start of
 * a service costs. Their ids differ all the same.
 */
@AutoConfiguration(before = TokenConfiguration.class)
public class SparedKeyPairs {

    private static final AtomicInteger ASKED = new AtomicInteger();

    private static final class Made {
        static final List<KeyPair> PAIRS =
                Stream.generate(KeyPairs.random()::next).limit(3).toList();
    }

    @Bean
    KeyPairs keyPairs() {
        return () -> Made.PAIRS.get(Math.floorMod(ASKED.getAndIncrement(), Made.PAIRS.size()));
    }
}
