package io.sluice.cli.download;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The folder that files come into; none of them gets outside of it, whatever it is called. */
final class Target {

    private final Path root;

    Target(Path root) {
        this.root = root;
    }

    /** A name that cannot be one here. */
    static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /**
     * Where it goes; the folders above are made.
     *
     * @param relative names with slashes between them
     */
    Path place(String relative) throws IOException {
        Path place = root;
        String[] names = relative.split("/", -1);
        for (int index = 0; index < names.length; index++) {
            if (index > 0 && Files.isSymbolicLink(place)) {
                throw new Refused("is not written, because " + place + " is a link that may lead elsewhere");
            }
            place = child(place, names[index]);
        }
        Files.createDirectories(Optional.ofNullable(place.getParent()).orElse(root));
        if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new Refused("is not written, because there is a folder of that name");
        }
        return place;
    }

    private Path child(Path folder, String name) throws Refused {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new Refused("is not written, because its path would lead elsewhere");
        }
        try {
            Path child = folder.resolve(name);
            if (folder.equals(child.getParent()) && name.equals(String.valueOf(child.getFileName()))) {
                return child;
            }
        } catch (InvalidPathException impossible) {
            throw new Refused("is not written, because this machine allows no such name");
        }
        throw new Refused("is not written, because this machine would understand its name otherwise");
    }
}
