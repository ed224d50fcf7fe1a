package io.sluice.authservice.secret;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * One line that only the owner of the file can read. Whoever makes the file first decides what is in it; all others, also
 * a process that starts again after a crash, take what is there. Every method waits for the disk.
 */
public class SecretFile {

    private final Path path;

    public SecretFile(Path path) {
        this.path = path.toAbsolutePath();
    }

    /**
     * The line that counts.
     *
     * @param isMadeHere whether this call has made the file, so that its caller may take it away again
     */
    public record Content(String line, boolean isMadeHere) {

        @Override
        public String toString() {
            return "Content[" + isMadeHere + "]";
        }
    }

    /** The line in the file, which is made with this one when it is not there. */
    public Content readOrMake(String line) throws IOException {
        Optional<String> present = read();
        if (present.isPresent()) {
            return new Content(present.get(), false);
        }
        if (make(line)) {
            return new Content(line, true);
        }
        return new Content(read().orElseThrow(() -> new NoSuchFileException(path.toString())), false);
    }

    public void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    /** The line in the file, without space around it; empty when there is no file. */
    public Optional<String> read() throws IOException {
        try {
            return Optional.of(Files.readString(path, StandardCharsets.UTF_8).strip());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /**
     * Lets the file appear at once, whole, safe on the disk and readable by its owner only; false when another was
     * faster.
     */
    private boolean make(String line) throws IOException {
        Path folder = path.resolveSibling(".").normalize();
        Files.createDirectories(folder);
        Path complete = Files.createTempFile(folder, "." + path.getFileName(), ".new", ownerOnly(folder));
        try {
            try (FileChannel channel = FileChannel.open(complete, StandardOpenOption.WRITE)) {
                channel.write(StandardCharsets.UTF_8.encode(line + "\n"));
                channel.force(true);
            }
            // Unlike a rename, a link never replaces what is there.
            Files.createLink(path, complete);
        } catch (FileAlreadyExistsException faster) {
            return false;
        } finally {
            Files.delete(complete);
        }
        sync(folder);
        return true;
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) {
        return hasPosixPermissions(folder)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[] {};
    }

    /** A folder can be opened for this only where files have POSIX permissions, too. */
    private static void sync(Path folder) throws IOException {
        if (hasPosixPermissions(folder)) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    private static boolean hasPosixPermissions(Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
