package io.sluice.itemservice.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Where large files lie until they are settled. Everything here waits for the disk. */
final class StagingFolder {

    private final Path folder;
    private final boolean isSynced;

    /**
     * Opens the folder; makes it when there is none.
     *
     * @param isSynced whether what is in it is to survive the machine
     */
    StagingFolder(Path folder, boolean isSynced) {
        this.folder = folder;
        this.isSynced = isSynced;
        try {
            Files.createDirectories(folder);
        } catch (IOException unusable) {
            throw new UncheckedIOException("The folder for uploads, " + folder + ", cannot be used", unusable);
        }
    }

    boolean isSynced() {
        return isSynced;
    }

    /** A name that nobody has. */
    Path newStaged() {
        return folder.resolve(UUID.randomUUID().toString());
    }

    /** The name of a file that has arrived whole: it tells the digest to whoever finds it. */
    Path named(String sha256, Path begun) {
        return folder.resolve(sha256 + "." + begun.getFileName());
    }

    /** The digest that a staged file was about to be published under; null when it never arrived whole. */
    static @Nullable String digestOf(Path staged) {
        String name = staged.getFileName().toString();
        int dot = name.indexOf('.');
        return dot < 0 ? null : name.substring(0, dot);
    }

    /** Files that nobody has touched since then. */
    Flux<Path> before(Instant then) {
        return olderThan(folder, then);
    }

    static Flux<Path> olderThan(Path folder, Instant then) {
        FileTime limit = FileTime.from(then);
        return Flux.using(
                () -> Files.list(folder),
                files -> Flux.fromStream(files).filter(file -> isOlder(file, limit)),
                Stream::close);
    }

    private static boolean isOlder(Path file, FileTime limit) {
        try {
            return Files.getLastModifiedTime(file).compareTo(limit) < 0;
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }
}
