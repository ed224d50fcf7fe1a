package io.sluice.cli.console;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** What a command finds where it runs. */
public record Surroundings(Terminal terminal, Map<String, String> environment, Clock clock) {

    public static Surroundings ofProcess() {
        return new Surroundings(Terminal.ofProcess(), System.getenv(), Clock.systemUTC());
    }

    /** A variable; one that is empty counts as one that is not there. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
