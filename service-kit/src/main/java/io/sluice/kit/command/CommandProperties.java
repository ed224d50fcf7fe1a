package io.sluice.kit.command;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How commands are carried out.
 *
 * @param lease for how long after its last sign of life a replica is taken to be at work on a command; default 30 s
 * @param atOnce as many commands as one replica carries out at the same time; default 2
 * @param mostPerUser as many unfinished commands as one user may have; default 20; more is {@code TOO_MANY_REQUESTS}
 */
@ConfigurationProperties("sluice.commands")
public record CommandProperties(
        @DefaultValue("30s") Duration lease,
        @DefaultValue("2") int atOnce,
        @DefaultValue("20") int mostPerUser) {

    public CommandProperties {
        if (lease.toMillis() < 1_000 || atOnce < 1 || mostPerUser < 1) {
            throw new IllegalArgumentException(
                    "sluice.commands: lease must be a second or more, at-once and most-per-user 1 or more");
        }
    }
}
