package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A ZIP read by its local headers, as it comes. What stands only in the directory at its end is not known then: whether a
 * member is a link, and that one was deleted from the archive without being taken out.
 */
final class ZipArchive implements Archive {

    private static final int LOCAL = 0x04034b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int END = 0x06054b50;
    private static final int END_64 = 0x06064b50;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int ENCRYPTED = 1;
    private static final int SIZES_FOLLOW = 8;
    private static final long UNKNOWN_32 = 0xffffffffL;
    private static final int ZIP_64 = 0x0001;
    private static final int UNICODE_PATH = 0x7075;

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int position;
    private int limit;
    private final Inflater inflater = new Inflater(true);
    private final Expansion expansion = new Expansion();
    private final CRC32 checksum = new CRC32();

    private boolean isOpen;
    private boolean isLegible;
    private int method;
    private boolean sizesFollow;
    private boolean isZip64;
    private long crc;
    private long packedSize;
    private long size;
    private long packedRead;
    private long read;

    ZipArchive(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable Member next() throws IOException {
        skipRest();
        int signature = number(4, "the directory at its end").getInt();
        if (signature == DESCRIPTOR) {
            // The mark of an archive that could have been split, and was not.
            signature = number(4, "a header").getInt();
        }
        if (signature == CENTRAL || signature == END || signature == END_64) {
            return null;
        }
        if (signature != LOCAL) {
            throw new Unreadable("has something that is no header where one should be");
        }
        ByteBuffer header = number(26, "a header");
        int flags = header.getShort(2) & 0xffff;
        method = header.getShort(4) & 0xffff;
        crc = header.getInt(10) & UNKNOWN_32;
        packedSize = header.getInt(14) & UNKNOWN_32;
        size = header.getInt(18) & UNKNOWN_32;
        byte[] name = bytes(header.getShort(22) & 0xffff, "a header");
        name = extra(ByteBuffer.wrap(bytes(header.getShort(24) & 0xffff, "a header")), name);
        sizesFollow = (flags & SIZES_FOLLOW) != 0;
        packedRead = 0;
        read = 0;
        checksum.reset();
        inflater.reset();
        isOpen = true;
        String obstacle = obstacle(flags);
        isLegible = obstacle == null;
        if (obstacle != null && sizesFollow && packedSize == 0) {
            throw new Unreadable("has a file whose end cannot be found while it comes: it " + obstacle);
        }
        return new Member(name, name.length > 0 && name[name.length - 1] == '/', obstacle);
    }

    private @Nullable String obstacle(int flags) {
        if ((flags & ENCRYPTED) != 0) {
            return "is encrypted";
        }
        if (method != STORED && method != DEFLATED) {
            return "is compressed by method " + method + "; only deflate is known";
        }
        return method == STORED && sizesFollow && packedSize == 0 && size == 0
                ? "is stored without its size, which only the directory at the end would tell"
                : null;
    }

    /** Sizes of 64 bits, and the name in UTF-8 beside the one that old programs read. */
    private byte[] extra(ByteBuffer extra, byte[] name) {
        extra.order(ByteOrder.LITTLE_ENDIAN);
        isZip64 = false;
        byte[] better = name;
        while (extra.remaining() >= 4) {
            int id = extra.getShort() & 0xffff;
            int length = Math.min(extra.getShort() & 0xffff, extra.remaining());
            ByteBuffer field = extra.slice(extra.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            extra.position(extra.position() + length);
            if (id == ZIP_64) {
                isZip64 = true;
                size = size == UNKNOWN_32 && field.remaining() >= 8 ? field.getLong() : size;
                packedSize = packedSize == UNKNOWN_32 && field.remaining() >= 8 ? field.getLong() : packedSize;
            } else if (id == UNICODE_PATH
                    && field.remaining() > 5
                    && field.get(0) == 1
                    && isOf(name, field.getInt(1))) {
                better = new byte[field.remaining() - 5];
                field.get(5, better);
            }
        }
        return better;
    }

    private static boolean isOf(byte[] name, int said) {
        CRC32 sum = new CRC32();
        sum.update(name);
        return (int) sum.getValue() == said;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (!isOpen) {
            return -1;
        }
        int count = method == DEFLATED ? inflated(into, offset, length) : stored(into, offset, length);
        if (count < 0) {
            end();
            return -1;
        }
        checksum.update(into, offset, count);
        read += count;
        return count;
    }

    private int stored(byte[] into, int offset, int length) throws IOException {
        if (read == packedSize) {
            packedRead = read;
            return -1;
        }
        require("a file");
        int count = (int) Math.min(Math.min(length, limit - position), packedSize - read);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    private int inflated(byte[] into, int offset, int length) throws IOException {
        while (!inflater.finished()) {
            if (inflater.needsInput()) {
                require("a file");
                inflater.setInput(buffer, position, limit - position);
                packedRead += limit - position;
                position = limit;
            }
            try {
                int count = inflater.inflate(into, offset, length);
                if (count > 0) {
                    expansion.unpacked(count);
                    return count;
                }
                if (inflater.needsDictionary()) {
                    throw new DataFormatException("needs a dictionary");
                }
            } catch (DataFormatException broken) {
                giveBack();
                if (sizesFollow) {
                    throw new Unreadable("has a file that is packed wrongly, and whose end cannot be found");
                }
                isLegible = false;
                throw new BrokenMember("is packed wrongly");
            }
        }
        giveBack();
        return -1;
    }

    private void giveBack() {
        int unused = inflater.getRemaining();
        position -= unused;
        packedRead -= unused;
    }

    private void end() throws IOException {
        isOpen = false;
        if (sizesFollow) {
            ByteBuffer first = number(4, "the sizes behind a file");
            crc = (first.getInt(0) == DESCRIPTOR ? number(4, "the sizes behind a file") : first).getInt() & UNKNOWN_32;
            boolean isLong = isZip64 || read > UNKNOWN_32 || packedRead > UNKNOWN_32;
            ByteBuffer sizes = number(isLong ? 16 : 8, "the sizes behind a file");
            size = isLong ? sizes.getLong(8) : sizes.getInt(4) & UNKNOWN_32;
        } else {
            skip(packedSize - packedRead);
        }
        if (checksum.getValue() != crc || read != size) {
            throw new BrokenMember("does not have the checksum or the size that the archive says it has");
        }
    }

    private void skipRest() throws IOException {
        if (!isOpen) {
            return;
        }
        if (!isLegible || !sizesFollow) {
            isOpen = false;
            if (isLegible && method == DEFLATED) {
                giveBack();
            }
            skip(packedSize - (method == DEFLATED ? packedRead : read));
            if (sizesFollow) {
                throw new Unreadable("has a file that is not taken, and whose end cannot be found");
            }
            return;
        }
        byte[] scratch = new byte[8192];
        try {
            while (read(scratch, 0, scratch.length) >= 0) {
                // Nobody wants it.
                continue;
            }
        } catch (BrokenMember nobodyMinds) {
            isOpen = false;
        }
    }

    private void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            require("a file");
            int some = (int) Math.min(left, limit - position);
            position += some;
            left -= some;
        }
    }

    private ByteBuffer number(int count, String where) throws IOException {
        return ByteBuffer.wrap(bytes(count, where)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private byte[] bytes(int count, String where) throws IOException {
        byte[] bytes = new byte[count];
        int filled = 0;
        while (filled < count) {
            require(where);
            int some = Math.min(count - filled, limit - position);
            System.arraycopy(buffer, position, bytes, filled, some);
            position += some;
            filled += some;
        }
        return bytes;
    }

    private void require(String where) throws IOException {
        if (position == limit) {
            limit = in.read(buffer);
            position = 0;
            if (limit < 0) {
                limit = 0;
                throw new Unreadable("ends in the middle of " + where);
            }
            expansion.came(limit);
        }
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
