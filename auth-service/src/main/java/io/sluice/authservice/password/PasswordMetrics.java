package io.sluice.authservice.password;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.stereotype.Component;

/** How much of what there is for passwords is in use. */
@Component
final class PasswordMetrics implements MeterBinder {

    private final PasswordHashing passwords;

    PasswordMetrics(PasswordHashing passwords) {
        this.passwords = passwords;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.passwords.running", passwords, PasswordHashing::running)
                .description("Passwords that are being hashed")
                .register(registry);
        Gauge.builder("sluice.passwords.limit", passwords, PasswordHashing::atOnce)
                .description("Passwords that are hashed at the same time at most")
                .register(registry);
        Gauge.builder("sluice.passwords.waiting", passwords, PasswordHashing::waiting)
                .description("Passwords that wait to be hashed")
                .register(registry);
    }
}
