package io.sluice.itemservice.content.segment;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What precedes the bytes in a segment, big-endian:
 *
 * <pre>
 *  0  "SLB" and the version of this layout, 1
 *  4  how many bytes follow the header
 *  8  their SHA-256
 * 40  CRC-32C (RFC 3720 §B.4) of the first 40 bytes of the header and of the bytes
 * 44  CRC-32C of the first 44 bytes of the header
 * </pre>
 *
 * So that who walks from record to record need not read the bytes to know that a length is one.
 *
 * @param sha256 in lower-case hexadecimal
 * @param size how many bytes follow
 * @param checksum of the header and the bytes
 */
record RecordHeader(String sha256, int size, int checksum) {

    static final int LENGTH = 48;
    static final int MAGIC = 0x53_4c_42_01;

    private static final int SUMMED_WITH_BYTES = 40;
    private static final int SUMMED_ALONE = 44;

    /** Puts the header of these bytes into the buffer. */
    static void put(String sha256, byte[] bytes, ByteBuffer to) {
        ByteBuffer header = ByteBuffer.allocate(LENGTH);
        header.putInt(MAGIC).putInt(bytes.length).put(HexFormat.of().parseHex(sha256));
        CRC32C sum = new CRC32C();
        sum.update(header.array(), 0, SUMMED_WITH_BYTES);
        sum.update(bytes);
        header.putInt((int) sum.getValue());
        header.putInt(sum(header.array(), SUMMED_ALONE));
        to.put(header.flip());
    }

    /** The header that the buffer has at that index; null when there is none, or less than a whole one. */
    static @Nullable RecordHeader at(int index, ByteBuffer buffer) {
        if (index + LENGTH > buffer.limit() || buffer.getInt(index) != MAGIC) {
            return null;
        }
        byte[] header = new byte[LENGTH];
        buffer.get(index, header);
        int size = buffer.getInt(index + 4);
        if (size < 0 || buffer.getInt(index + SUMMED_ALONE) != sum(header, SUMMED_ALONE)) {
            return null;
        }
        return new RecordHeader(HexFormat.of().formatHex(header, 8, 40), size, buffer.getInt(index + 40));
    }

    /** A sum that the bytes are still to be added to, for comparison with the {@link #checksum}. */
    CRC32C sum() {
        ByteBuffer header = ByteBuffer.allocate(SUMMED_WITH_BYTES);
        header.putInt(MAGIC).putInt(size).put(HexFormat.of().parseHex(sha256));
        CRC32C sum = new CRC32C();
        sum.update(header.flip());
        return sum;
    }

    boolean isSum(CRC32C sum) {
        return (int) sum.getValue() == checksum;
    }

    private static int sum(byte[] header, int count) {
        CRC32C sum = new CRC32C();
        sum.update(header, 0, count);
        return (int) sum.getValue();
    }
}
