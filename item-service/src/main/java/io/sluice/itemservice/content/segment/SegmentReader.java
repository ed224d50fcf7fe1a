package io.sluice.itemservice.content.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/** Reads bytes where the index says that they are, and never takes others for them. */
final class SegmentReader {

    /** The largest piece of an answer. */
    static final int PIECE = 64 * 1024;

    private final Path folder;
    private final int verifyOneIn;
    private final AtomicLong reads = new AtomicLong();

    SegmentReader(Path folder, int verifyOneIn) {
        this.folder = folder;
        this.verifyOneIn = verifyOneIn;
    }

    /**
     * A piece of the bytes.
     *
     * @param start its first byte, from 0
     * @throws Damaged when they are not there
     * @throws java.nio.file.NoSuchFileException when the segment is gone
     */
    byte[] piece(String sha256, Place place, long start, int count) throws IOException {
        try (FileChannel channel = open(place)) {
            RecordHeader header = header(sha256, place, channel);
            boolean isAll = start == 0 && count == place.size();
            if (start == 0 && !isAll && reads.incrementAndGet() % verifyOneIn == 0) {
                verify(header, sha256, place, channel);
            }
            ByteBuffer bytes = ByteBuffer.allocate(count);
            fill(bytes, place.start() + start, place, channel);
            if (isAll) {
                CRC32C sum = header.sum();
                sum.update(bytes.array());
                require(header, sum, sha256, place);
            }
            return bytes.array();
        }
    }

    /** All of them, verified. */
    byte[] all(String sha256, Place place) throws IOException {
        return piece(sha256, place, 0, place.size());
    }

    /** Writes all of them somewhere else, verified. */
    void copy(String sha256, Place place, WritableByteChannel to) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(all(sha256, place));
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    private FileChannel open(Place place) throws IOException {
        return FileChannel.open(folder.resolve(place.segment()), StandardOpenOption.READ);
    }

    private static RecordHeader header(String sha256, Place place, FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(RecordHeader.LENGTH);
        fill(buffer, place.offset(), place, channel);
        RecordHeader header = RecordHeader.at(0, buffer.flip());
        if (header == null || header.size() != place.size() || !header.sha256().equals(sha256)) {
            throw new Damaged("The record of " + sha256 + " is not at " + place);
        }
        return header;
    }

    private static void verify(RecordHeader header, String sha256, Place place, FileChannel channel)
            throws IOException {
        CRC32C sum = header.sum();
        ByteBuffer window = ByteBuffer.allocate(PIECE);
        for (long done = 0; done < place.size(); done += window.limit()) {
            window.clear().limit((int) Math.min(PIECE, place.size() - done));
            fill(window, place.start() + done, place, channel);
            sum.update(window.flip());
        }
        require(header, sum, sha256, place);
    }

    private static void require(RecordHeader header, CRC32C sum, String sha256, Place place) {
        if (!header.isSum(sum)) {
            throw new Damaged("The bytes of " + sha256 + " at " + place + " have another checksum");
        }
    }

    private static void fill(ByteBuffer buffer, long from, Place place, FileChannel channel) throws IOException {
        long position = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw new Damaged("The segment ends before the end of the record at " + place);
            }
            position += read;
        }
    }
}
