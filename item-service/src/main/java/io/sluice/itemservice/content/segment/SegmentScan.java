package io.sluice.itemservice.content.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks through a segment from record to record. What is no record is passed over to the next one; where there is none any
 * more, the file has a torn end, which a crash in the middle of appending leaves.
 */
final class SegmentScan {

    private static final int WINDOW = 64 * 1024;

    private final String segment;
    private final FileChannel channel;
    private final long end;
    private final boolean readsAll;

    private SegmentScan(String segment, FileChannel channel, boolean readsAll) throws IOException {
        this.segment = segment;
        this.channel = channel;
        this.end = channel.size();
        this.readsAll = readsAll;
    }

    /** Is told what there is, in the order in which it is there. */
    interface Visitor {

        void record(String sha256, Place place) throws IOException;

        /** Bytes that are not what was written, up to the next record. */
        void damage(long from, long to) throws IOException;

        /** How much was read since the last time. */
        default void read(long bytes) throws IOException {}
    }

    /**
     * Walks to the end.
     *
     * @param readsAll whether checksums and digests are verified; else only the headers are looked at
     * @return how long the file is without its torn end
     */
    static long walk(Path folder, String segment, boolean readsAll, Visitor visitor) throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve(segment), StandardOpenOption.READ)) {
            return new SegmentScan(segment, channel, readsAll).walk(visitor);
        }
    }

    private long walk(Visitor visitor) throws IOException {
        long position = 0;
        while (position < end) {
            RecordHeader header = headerAt(position);
            Place place = header == null ? null : new Place(segment, position, header.size());
            if (header != null && place != null && position + place.length() <= end) {
                if (readsAll && !isWhole(header, place)) {
                    visitor.damage(position, position + place.length());
                } else {
                    visitor.record(header.sha256(), place);
                }
                position += place.length();
                visitor.read(place.length());
                continue;
            }
            long next = nextAfter(position);
            if (next < 0) {
                return position;
            }
            visitor.damage(position, next);
            visitor.read(next - position);
            position = next;
        }
        return end;
    }

    private @Nullable RecordHeader headerAt(long position) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(RecordHeader.LENGTH);
        fill(header, position);
        return RecordHeader.at(0, header.flip());
    }

    /** Where the next whole record begins; negative when there is none. */
    private long nextAfter(long position) throws IOException {
        ByteBuffer window = ByteBuffer.allocate(WINDOW);
        for (long from = position + 1; from + RecordHeader.LENGTH <= end; from += WINDOW - RecordHeader.LENGTH + 1) {
            fill(window.clear(), from);
            window.flip();
            for (int index = 0; index + RecordHeader.LENGTH <= window.limit(); index++) {
                RecordHeader header = RecordHeader.at(index, window);
                if (header != null && isWhole(header, new Place(segment, from + index, header.size()))) {
                    return from + index;
                }
            }
        }
        return -1;
    }

    private boolean isWhole(RecordHeader header, Place place) throws IOException {
        if (place.offset() + place.length() > end) {
            return false;
        }
        CRC32C sum = header.sum();
        MessageDigest digest = sha256();
        ByteBuffer window = ByteBuffer.allocate(Math.min(WINDOW, Math.max(1, place.size())));
        long position = place.start();
        for (int left = place.size(); left > 0; ) {
            window.clear().limit(Math.min(left, window.capacity()));
            fill(window, position);
            if (window.position() == 0) {
                return false;
            }
            position += window.position();
            left -= window.position();
            window.flip();
            sum.update(window.duplicate());
            digest.update(window);
        }
        return header.isSum(sum) && HexFormat.of().formatHex(digest.digest()).equals(header.sha256());
    }

    private void fill(ByteBuffer buffer, long from) throws IOException {
        long position = from;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                return;
            }
            position += read;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
