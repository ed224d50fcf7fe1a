package io.sluice.cli.upload;

import io.sluice.cli.console.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A file whose digest is known.
 *
 * @param bytes all of it; null when it is too large to be held
 */
record ReadFile(LocalFile file, long size, String sha256, byte @Nullable [] bytes) {

    private static final int PIECE = 128 * 1024;

    static ReadFile of(LocalFile file) throws IOException {
        return file.size() > Batches.SMALL ? digested(file) : whole(file);
    }

    private static ReadFile whole(LocalFile file) throws IOException {
        try (InputStream in = Files.newInputStream(file.file())) {
            byte[] bytes = in.readNBytes((int) Batches.SMALL + 1);
            if (bytes.length > Batches.SMALL) {
                throw new IOException("has grown while it was read");
            }
            MessageDigest digest = Sha256.digest();
            digest.update(bytes);
            return new ReadFile(file, bytes.length, Sha256.hex(digest), bytes);
        }
    }

    private static ReadFile digested(LocalFile file) throws IOException {
        long size = 0;
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file.file()), Sha256.digest())) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                size += count;
            }
            return new ReadFile(file, size, Sha256.hex(in.getMessageDigest()), null);
        }
    }

    String path() {
        return file.path();
    }
}
