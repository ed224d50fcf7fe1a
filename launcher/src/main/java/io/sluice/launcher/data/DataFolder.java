package io.sluice.launcher.data;

import io.sluice.launcher.console.StartFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/**
 * The folder that holds everything: database, bytes, logs and passwords. One process at a time may use it; the lock
 * goes with the process, however that ends.
 */
public final class DataFolder implements AutoCloseable {

    private final Path path;
    private final FileChannel lockFile;

    private DataFolder(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Makes the folder if it is missing, for its owner only, and locks it.
     *
     * @throws StartFailure when it cannot be written to, or when another process has it
     */
    public static DataFolder open(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path, permissions("rwx------"));
            }
            FileChannel lockFile = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!isFree(lockFile)) {
                String owner = firstLine(lockFile);
                lockFile.close();
                throw new StartFailure("The data folder " + path + " is in use by another Sluice (process " + owner
                        + "). Stop that one, or choose another folder with --data DIR.");
            }
            lockFile.truncate(0);
            lockFile.write(bytes(ProcessHandle.current().pid() + "\n"));
            return new DataFolder(path, lockFile);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    /** Locks the file if nobody else has it, in this process or another. */
    private static boolean isFree(FileChannel lockFile) throws IOException {
        try {
            return lockFile.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String firstLine(FileChannel file) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(20);
        file.read(content, 0);
        return new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    }

    private static StartFailure notWritable(Path path, IOException problem) {
        return new StartFailure(
                "The data folder " + path + " cannot be written to (" + reason(problem)
                        + "). Choose another folder with --data DIR.",
                problem);
    }

    private static String reason(IOException problem) {
        if (problem instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (problem instanceof FileAlreadyExistsException) {
            return "it is no folder";
        }
        return problem instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason().toLowerCase(Locale.ROOT)
                : problem.toString();
    }

    /** The folder itself, absolute. */
    public Path path() {
        return path;
    }

    /** A place in the folder. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** What a note says; empty when there is no such note. */
    public String note(String name) {
        try {
            Path file = path.resolve(name);
            return Files.exists(file) ? Files.readString(file).strip() : "";
        } catch (IOException e) {
            throw new StartFailure("Cannot read " + path.resolve(name) + ": " + e.getMessage(), e);
        }
    }

    /** Keeps a short note, readable to the owner only; it is on the disk when this returns, whole. */
    public void keepNote(String name, String content) {
        Path draft = path.resolve(name + ".new");
        try {
            Files.deleteIfExists(draft);
            try (FileChannel file = FileChannel.open(
                    draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), permissions("rw-------"))) {
                file.write(bytes(content + "\n"));
                file.force(true);
            }
            Files.move(draft, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw notWritable(path, e);
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static FileAttribute<?> permissions(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
