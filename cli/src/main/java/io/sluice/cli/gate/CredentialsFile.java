package io.sluice.cli.gate;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Surroundings;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/** Where it is remembered who is signed in: a file that only its owner can read. */
public final class CredentialsFile {

    private final Path file;

    CredentialsFile(Path file) {
        this.file = file;
    }

    /** {@code $XDG_CONFIG_HOME/sluice/credentials.json}, by default below {@code ~/.config}. */
    public static CredentialsFile of(Surroundings here) {
        Path config = here.variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElseGet(() -> Path.of(here.variable("HOME").orElse(System.getProperty("user.home")), ".config"));
        return new CredentialsFile(config.resolve("sluice").resolve("credentials.json"));
    }

    public Path path() {
        return file;
    }

    public Optional<Credentials> read() {
        try {
            return Optional.of(Credentials.read(Files.readString(file)));
        } catch (NoSuchFileException nobody) {
            return Optional.empty();
        } catch (IOException | JacksonException | IllegalArgumentException | DateTimeException unreadable) {
            throw Failure.failed(file + " cannot be read; sign in again with: sluice login");
        }
    }

    /** Replaces the file as a whole, so that nobody ever reads half of it, or reads it at all. */
    public void write(Credentials credentials) {
        try {
            boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
            Files.createDirectories(file.toAbsolutePath().getParent(), mode(isPosix, "rwx------"));
            Path fresh = Files.createTempFile(
                    file.toAbsolutePath().getParent(), "credentials", ".new", mode(isPosix, "rw-------"));
            try {
                Files.writeString(fresh, credentials.write());
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException notWritten) {
            throw Failure.failed("Cannot write " + file + ": " + reason(notWritten));
        }
    }

    private static FileAttribute<?>[] mode(boolean isPosix, String permissions) {
        return isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** @return whether there was one */
    public boolean delete() {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException notDeleted) {
            throw Failure.failed("Cannot delete " + file + ": " + reason(notDeleted));
        }
    }

    private static String reason(IOException failure) {
        return failure instanceof FileSystemException ofFile && ofFile.getReason() != null
                ? ofFile.getReason()
                : failure.getClass().getSimpleName();
    }
}
