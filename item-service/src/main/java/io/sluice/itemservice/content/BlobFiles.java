package io.sluice.itemservice.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Bytes that have a file of their own. Everything here waits for the disk. */
final class BlobFiles {

    private final Path blobs;
    private final Path trash;

    BlobFiles(Path folder) {
        this.blobs = folder.resolve("sha256");
        this.trash = folder.resolve("trash");
        try {
            for (Path part : List.of(blobs, trash)) {
                Files.createDirectories(part);
            }
            for (int first = 0; first < 256; first++) {
                Files.createDirectories(blobs.resolve(HexFormat.of().toHexDigits((byte) first)));
            }
            sync(blobs);
            sync(folder);
        } catch (IOException unusable) {
            throw new UncheckedIOException("The folder for bytes, " + folder + ", cannot be used", unusable);
        }
    }

    /**
     * Gives the bytes their name. When they have it already, somebody else brought the same bytes, perhaps at this
     * moment and without having synced the folder yet.
     */
    void link(String sha256, Path staged) throws IOException {
        if (restored(sha256) == null) {
            try {
                Files.createLink(pathOf(sha256), staged);
            } catch (FileAlreadyExistsException sameBytes) {
                // Published by somebody else since.
            }
        }
        sync(folderOf(sha256));
    }

    /** Whether there is such a file, perhaps in the trash. */
    boolean isThere(String sha256) {
        return Files.exists(pathOf(sha256)) || Files.exists(trash.resolve(sha256));
    }

    /** The file with these bytes, taken out of the trash if need be; null when there is none. */
    @Nullable
    Path restored(String sha256) throws IOException {
        Path file = pathOf(sha256);
        return Files.exists(file) || takeOutOfTrash(sha256) ? file : null;
    }

    /**
     * Moves rather than looks and deletes: whatever another process does to the same bytes in between, one of the two
     * names has them.
     */
    boolean takeOutOfTrash(String sha256) throws IOException {
        try {
            Files.move(trash.resolve(sha256), pathOf(sha256), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException notThere) {
            return Files.exists(pathOf(sha256));
        }
        sync(folderOf(sha256));
        return true;
    }

    /**
     * How long something has been in the trash is told by the time of the file, which is set before: what is in the trash
     * must never look as if it had been there for long.
     */
    void discard(String sha256, Instant now) throws IOException {
        Path file = pathOf(sha256);
        try {
            Files.setLastModifiedTime(file, FileTime.from(now));
            Files.move(file, trash.resolve(sha256), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException alreadyGone) {
            // Somebody else has discarded them, or they never had a file of their own.
        }
    }

    void purge(String sha256) throws IOException {
        Files.deleteIfExists(trash.resolve(sha256));
    }

    Flux<Path> inTrashBefore(Instant then) {
        return StagingFolder.olderThan(trash, then);
    }

    Path pathOf(String sha256) {
        return folderOf(sha256).resolve(sha256);
    }

    private Path folderOf(String sha256) {
        return blobs.resolve(sha256.substring(0, 2));
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
