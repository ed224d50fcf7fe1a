package io.sluice.cli.download;

import io.sluice.cli.console.Failure;
import io.sluice.cli.console.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** A file that is coming, under another name until all of it is there and right. */
final class Part implements Consumer<Optional<byte[]>>, AutoCloseable {

    private final Path file;
    private final OutputStream out;
    private final LongConsumer progress;
    private final MessageDigest digest = Sha256.digest();
    private long size;

    /** @param progress hears of the bytes that have come; at the end, if it was in vain, of so many fewer than none */
    Part(Path file, LongConsumer progress) throws IOException {
        this.file = file;
        this.progress = progress;
        this.out = Files.newOutputStream(file);
    }

    @Override
    public void accept(Optional<byte[]> bytes) {
        bytes.ifPresent(some -> {
            try {
                out.write(some);
            } catch (IOException notWritten) {
                throw Failure.failed("Cannot write " + file + ": " + notWritten.getMessage());
            }
            digest.update(some);
            size += some.length;
            progress.accept(some.length);
        });
    }

    long size() {
        return size;
    }

    /** Asked for once, when it is whole. */
    String sha256() {
        return Sha256.hex(digest);
    }

    void becomes(Path target) throws IOException {
        out.close();
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        progress.accept(-size);
        out.close();
        Files.deleteIfExists(file);
    }
}
