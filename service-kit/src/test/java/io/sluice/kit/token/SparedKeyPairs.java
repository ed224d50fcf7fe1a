package io.sluice.kit.token;

import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Hands the same few pairs of a kind to all services that the tests of a module start: to make one of RSA is the larger part of what
 * the start of a service costs. Their ids differ all the same.
 */
@AutoConfiguration
public class SparedKeyPairs {

    private static final Map<Class<?>, List<KeyPair>> MADE = new ConcurrentHashMap<>();
    private static final AtomicInteger ASKED = new AtomicInteger();

    @Bean
    static BeanPostProcessor sparing() {
        return new BeanPostProcessor() {

            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof KeyPairs pairs ? spared(pairs) : bean;
            }
        };
    }

    private static KeyPairs spared(KeyPairs pairs) {
        return () -> {
            List<KeyPair> made = MADE.computeIfAbsent(
                    pairs.getClass(),
                    kind -> Stream.generate(pairs::next).limit(3).toList());
            return made.get(Math.floorMod(ASKED.getAndIncrement(), made.size()));
        };
    }
}
