package io.sluice.cli.place;

import io.sluice.cli.console.Failure;

/**
 * What people write: {@code PROJECT/DATASET/dir/file}.
 *
 * @param project a name or an id; empty for all of them
 * @param dataset a name or an id; empty for all of the project
 * @param path in the dataset, beginning with a slash and not ending with one but for the root, which is {@code /}
 */
public record Place(String project, String dataset, String path) {

    public static Place parse(String text) {
        String rest = text.startsWith("/") ? text.substring(1) : text;
        String[] parts = rest.split("/", 3);
        String path = parts.length < 3 ? "" : parts[2];
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return new Place(parts[0], parts.length < 2 ? "" : parts[1], "/" + path);
    }

    /** One that names a dataset at least. */
    public static Place inDataset(String text) {
        Place place = parse(text);
        if (place.project().isEmpty() || place.dataset().isEmpty()) {
            throw Failure.usage("“" + text + "” names no dataset; write PROJECT/DATASET, each by its name or its id");
        }
        return place;
    }

    public boolean isRoot() {
        return path.equals("/");
    }

    /** What lies so far below it. */
    public String below(String relative) {
        return isRoot() ? "/" + relative : path + "/" + relative;
    }
}
