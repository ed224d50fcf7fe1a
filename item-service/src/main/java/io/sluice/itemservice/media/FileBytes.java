package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Reads few bytes anywhere in a file: so few, and so often, that no file can make it take long or need much memory. */
final class FileBytes {

    private static final int MOST_READS = 100_000;

    private final SeekableByteChannel channel;
    private int reads;

    FileBytes(SeekableByteChannel channel) {
        this.channel = channel;
    }

    /** The file is shorter than it says, or makes whoever reads it jump about for ever. */
    static final class EndOfFile extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** @param count never what the file says, unless that is bounded */
    ByteBuffer at(long position, int count) throws IOException {
        ByteBuffer bytes = bytes(position, count);
        if (bytes.remaining() < count) {
            throw new EndOfFile();
        }
        return bytes;
    }

    byte[] upTo(int count) throws IOException {
        ByteBuffer bytes = bytes(0, count);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    boolean endsBefore(long position) throws IOException {
        return channel.size() < position;
    }

    long size() throws IOException {
        return channel.size();
    }

    private ByteBuffer bytes(long position, int count) throws IOException {
        reads++;
        if (position < 0 || reads > MOST_READS) {
            throw new EndOfFile();
        }
        ByteBuffer bytes = ByteBuffer.allocate(count);
        channel.position(position);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Reads until the buffer is full or the file ends.
        }
        return bytes.flip();
    }
}
