package io.sluice.launcher;

import io.sluice.launcher.console.StartFailure;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Reads single choices as what they mean; an option is looked for first, then a variable of the environment. */
record Choices(Map<String, String> options, Map<String, String> environment, Path folder) {

    boolean isGiven(String option) {
        return options.containsKey(option);
    }

    /** @param option or variable may be empty: there is none */
    Optional<String> text(String option, String variable) {
        return Optional.ofNullable(options.get(option))
                .or(() -> Optional.ofNullable(environment.get(variable)))
                .filter(value -> !value.isBlank());
    }

    Optional<Path> path(String option, String variable) {
        return text(option, variable).map(value -> {
            try {
                return folder.resolve(value).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new StartFailure(source(option, variable) + " is not a path: " + value, e);
            }
        });
    }

    Optional<Integer> port(String option, String variable) {
        return text(option, variable).map(value -> {
            if (value.matches("[0-9]{1,5}")) {
                int port = Integer.parseInt(value);
                if (port >= 1 && port <= 65535) {
                    return port;
                }
            }
            throw new StartFailure(source(option, variable) + " must be a number from 1 to 65535, not " + value + ".");
        });
    }

    /** A place for bytes: a folder, or a bucket. */
    Optional<URI> blobs(String option, String variable) {
        return text(option, variable).map(value -> place(source(option, variable), value));
    }

    private URI place(String source, String value) {
        if (value.matches("s3://[^\\s/?#]+(/[^\\s?#]*)?")) {
            return URI.create(value);
        }
        if (!value.startsWith("file:")) {
            throw new StartFailure(source + " must be file: and a path, or s3://bucket/prefix, not " + value + ".");
        }
        String path = value.substring("file:".length()).replaceFirst("^//(?=/)", "");
        try {
            return folder.resolve(path).toAbsolutePath().normalize().toUri();
        } catch (InvalidPathException e) {
            throw new StartFailure(source + " is not a path: " + value, e);
        }
    }

    Optional<URI> webAddress(String variable) {
        return text("", variable).map(value -> {
            if (!value.matches("https?://[^\\s/?#]+(/[^\\s?#]*)?")) {
                throw new StartFailure(variable + " must be an http or https address, not " + value + ".");
            }
            return URI.create(value);
        });
    }

    private String source(String option, String variable) {
        return options.containsKey(option) ? option : variable;
    }
}
