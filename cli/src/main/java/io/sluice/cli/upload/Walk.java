package io.sluice.cli.upload;

import io.sluice.cli.console.Failure;
import io.sluice.cli.place.Place;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files in what was named, one after the other. A folder brings its name along, as with {@code cp -r}; with a slash at
 * its end only what is in it.
 */
final class Walk {

    private static final String SIDECAR = ".json";

    private final String named;
    private final Path root;
    private final Place target;
    private final boolean hasSidecars;

    Walk(String named, Place target, boolean hasSidecars) {
        this.named = named;
        this.root = Path.of(named);
        this.target = target;
        this.hasSidecars = hasSidecars;
        if (!Files.exists(root)) {
            throw Failure.usage("There is no " + named);
        }
    }

    /**
     * Walks.
     *
     * @param found may take its time
     * @param failed hears of what cannot be read, and why
     */
    void run(Consumer<LocalFile> found, BiConsumer<String, String> failed) {
        try {
            Files.walkFileTree(root, new Visitor(found, failed));
        } catch (IOException unreadable) {
            failed.accept(named, reason(unreadable));
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {

        private final Consumer<LocalFile> found;
        private final BiConsumer<String, String> failed;

        private Visitor(Consumer<LocalFile> found, BiConsumer<String, String> failed) {
            this.found = found;
            this.failed = failed;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            BasicFileAttributes facts = attributes;
            if (attributes.isSymbolicLink()) {
                try {
                    facts = Files.readAttributes(file, BasicFileAttributes.class);
                } catch (IOException leadsNowhere) {
                    return visitFileFailed(file, leadsNowhere);
                }
            }
            if (!facts.isRegularFile()) {
                failed.accept(
                        file.toString(),
                        facts.isDirectory() ? "is a link to a folder; name that folder itself" : "is no regular file");
            } else if (!hasSidecars || !isSidecar(file)) {
                found.accept(new LocalFile(file, pathOf(file), facts.size(), sidecarOf(file)));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            failed.accept(file.toString(), reason(failure));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            if (failure != null) {
                failed.accept(folder.toString(), reason(failure));
            }
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean isSidecar(Path file) {
        String name = nameOf(file);
        return name.endsWith(SIDECAR)
                && name.length() > SIDECAR.length()
                && Files.isRegularFile(file.resolveSibling(name.substring(0, name.length() - SIDECAR.length())));
    }

    private @Nullable Path sidecarOf(Path file) {
        if (!hasSidecars) {
            return null;
        }
        Path beside = file.resolveSibling(nameOf(file) + SIDECAR);
        return Files.isRegularFile(beside) ? beside : null;
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    /** Where a file goes. */
    String pathOf(Path file) {
        String own = file.equals(root) ? "" : root.relativize(file).toString();
        if (file.getFileSystem().getSeparator().equals("\\")) {
            own = own.replace('\\', '/');
        }
        boolean isContents = named.endsWith("/") || named.equals(".") || named.endsWith("/.");
        String name = nameOf(root.toAbsolutePath().normalize());
        if (own.isEmpty()) {
            return target.below(name);
        }
        return target.below(isContents || name.isEmpty() ? own : name + "/" + own);
    }

    static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "is not there any more";
        }
        if (failure instanceof AccessDeniedException) {
            return "may not be read";
        }
        String reason = failure instanceof FileSystemException ofFile ? ofFile.getReason() : failure.getMessage();
        return reason == null ? failure.getClass().getSimpleName() : reason;
    }
}
