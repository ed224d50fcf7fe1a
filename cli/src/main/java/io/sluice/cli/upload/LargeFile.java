package io.sluice.cli.upload;

import io.sluice.cli.console.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/**
 * A file that is read as it is sent. Its last piece comes out only when all of it has the digest that the platform was asked
 * about: of a file that changes meanwhile no item is made.
 */
final class LargeFile extends InputStream {

    private final InputStream in;
    private final MessageDigest digest = Sha256.digest();
    private final ReadFile expected;
    private final LongConsumer progress;
    private long left;
    private boolean hasChanged;

    /** @param progress hears of the bytes that were read */
    LargeFile(ReadFile expected, LongConsumer progress) throws IOException {
        this.in = Files.newInputStream(expected.file().file());
        this.expected = expected;
        this.progress = progress;
        this.left = expected.size();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.readNBytes(into, offset, (int) Math.min(length, left));
        digest.update(into, offset, count);
        left -= count;
        if (count == 0 && length > 0 || left == 0 && !Sha256.hex(digest).equals(expected.sha256())) {
            hasChanged = true;
            throw new IOException("has changed while it was read");
        }
        progress.accept(count);
        return count;
    }

    boolean hasChanged() {
        return hasChanged;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
