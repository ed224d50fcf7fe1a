package io.sluice.itemservice.content.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Appends records to a file that nobody else writes to, and never does again after it has failed once. */
final class SegmentWriter implements Closeable {

    private static final int BUFFER = 256 * 1024;

    private final String segment;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private long end;
    private int records;

    SegmentWriter(String segment, FileChannel channel) {
        this.segment = segment;
        this.channel = channel;
    }

    /** A new file; its name is on the disk when this returns. */
    static SegmentWriter create(Path folder, String segment) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(segment), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException notOnTheDisk) {
            channel.close();
            throw notOnTheDisk;
        }
        return new SegmentWriter(segment, channel);
    }

    /**
     * Writes all of them and syncs once.
     *
     * @return where they are, in the same order
     */
    List<Place> append(List<HeldBytes> all) throws IOException {
        long before = end;
        try {
            List<Place> places = new ArrayList<>(all.size());
            for (HeldBytes one : all) {
                places.add(new Place(segment, end, one.bytes().length));
                require(RecordHeader.LENGTH);
                RecordHeader.put(one.sha256(), one.bytes(), buffer);
                put(one.bytes());
                end += RecordHeader.LENGTH + (long) one.bytes().length;
            }
            flush();
            channel.force(false);
            records += all.size();
            return places;
        } catch (IOException failure) {
            end = before;
            cut();
            throw failure;
        }
    }

    private void put(byte[] bytes) throws IOException {
        int written = 0;
        while (written < bytes.length) {
            require(1);
            int some = Math.min(bytes.length - written, buffer.remaining());
            buffer.put(bytes, written, some);
            written += some;
        }
    }

    private void require(int room) throws IOException {
        if (buffer.remaining() < room) {
            flush();
        }
    }

    private void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }

    /** What was written in vain takes room that is wanted. */
    private void cut() {
        try (channel) {
            channel.truncate(end);
        } catch (IOException remains) {
            // No position in it is known to anybody, so it is taken for the torn end that it is.
            buffer.clear();
        }
    }

    /** How long the file is, as far as it is whole. */
    long end() {
        return end;
    }

    int records() {
        return records;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
