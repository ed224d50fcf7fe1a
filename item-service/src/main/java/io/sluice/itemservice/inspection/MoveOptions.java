package io.sluice.itemservice.inspection;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where bytes are to be copied from, and where to: each {@code file:/folder} or {@code s3://bucket/prefix}.
 *
 * @param from {@code --from}
 * @param to {@code --to}
 */
public record MoveOptions(URI from, URI to) {

    public MoveOptions {
        if (from.getScheme().equals(to.getScheme())) {
            throw new IllegalArgumentException(PROGRAM + " moves from a folder to a bucket or back; " + from + " and "
                    + to + " share an index, which cannot tell them apart");
        }
    }

    /** The name of the program. */
    public static final String PROGRAM = "move-blobs";

    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException with a line for people, when it makes no sense
     */
    public static MoveOptions parse(List<String> arguments) {
        URI from = null;
        URI to = null;
        for (int at = 0; at < arguments.size(); at++) {
            String[] parts = arguments.get(at).split("=", 2);
            String value = parts.length == 2 ? parts[1] : at + 1 < arguments.size() ? arguments.get(++at) : "";
            switch (parts[0]) {
                case "--from" -> from = place(parts[0], value);
                case "--to" -> to = place(parts[0], value);
                default -> throw new IllegalArgumentException("Unknown option " + parts[0] + " of " + PROGRAM);
            }
        }
        return new MoveOptions(required("--from", from), required("--to", to));
    }

    private static URI required(String name, @Nullable URI place) {
        if (place == null) {
            throw new IllegalArgumentException(PROGRAM + " needs " + name);
        }
        return place;
    }

    private static URI place(String name, String value) {
        if (!value.matches("(file:/|s3://)\\S+")) {
            throw new IllegalArgumentException(name + " must be file:/folder or s3://bucket/prefix, not " + value);
        }
        return URI.create(value);
    }
}
