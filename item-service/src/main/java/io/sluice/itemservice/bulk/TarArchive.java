package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tar as POSIX (ustar, pax) and GNU write it. Names come out as the bytes they are, which is why this reads the headers
 * itself: what is no UTF-8 must be refused, not repaired.
 */
final class TarArchive implements Archive {

    private static final int BLOCK = 512;

    /** As long as a header that describes the next member may be. */
    private static final int LARGEST_DESCRIPTION = 1024 * 1024;

    private final InputStream in;
    private final Map<String, byte[]> global = new HashMap<>();
    private long left;
    private int padding;

    TarArchive(InputStream in) {
        this.in = in;
    }

    @Override
    public @Nullable Member next() throws IOException {
        Map<String, byte[]> described = new HashMap<>(global);
        while (true) {
            skipRest();
            byte[] header = in.readNBytes(BLOCK);
            if (header.length < BLOCK) {
                throw new Unreadable(
                        header.length == 0 ? "ends without the two empty blocks of its end" : "ends in a header");
            }
            if (isEmpty(header)) {
                return null;
            }
            requireChecksum(header);
            char type = (char) (header[156] & 0xff);
            begin(type >= '1' && type <= '6' ? 0 : sizeOf(header, described));
            switch (type) {
                case 'x', 'X' -> described.putAll(records(description()));
                case 'g' -> {
                    global.putAll(records(description()));
                    described.putAll(global);
                }
                case 'L' -> {
                    byte[] name = description();
                    described.put("path", untilNul(name, 0, name.length));
                }
                case 'K', 'V' -> {
                    // The target of a link, which is not taken anyway; the name of a tape.
                }
                default -> {
                    return member(type, header, described);
                }
            }
        }
    }

    private Member member(char type, byte[] header, Map<String, byte[]> described) {
        byte[] path = described.get("path");
        byte[] name = path == null ? nameIn(header) : path;
        boolean isFolder = type == '5' || name.length > 0 && name[name.length - 1] == '/';
        boolean isSparse = type == 'S' || described.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse."));
        return new Member(
                name, isFolder, isSparse ? "is a sparse file; store it with its holes filled" : obstacle(type));
    }

    private static @Nullable String obstacle(char type) {
        return switch (type) {
            case '0', '\0', '5', '7' -> null;
            case '1' -> "is a hard link; only files and directories are taken";
            case '2' -> "is a symbolic link; only files and directories are taken";
            case '3', '4' -> "is a device; only files and directories are taken";
            case '6' -> "is a pipe; only files and directories are taken";
            default -> "is neither a file nor a directory";
        };
    }

    private static byte[] nameIn(byte[] header) {
        byte[] name = untilNul(header, 0, 100);
        boolean isPosix = header[257] == 'u'
                && header[258] == 's'
                && header[259] == 't'
                && header[260] == 'a'
                && header[261] == 'r'
                && header[262] == 0;
        byte[] prefix = isPosix ? untilNul(header, 345, 500) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    private static byte[] untilNul(byte[] bytes, int from, int to) {
        int end = from;
        while (end < to && bytes[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    private static boolean isEmpty(byte[] block) {
        for (byte one : block) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireChecksum(byte[] header) throws IOException {
        long sum = 0;
        long signed = 0;
        for (int index = 0; index < BLOCK; index++) {
            byte one = index >= 148 && index < 156 ? (byte) ' ' : header[index];
            sum += one & 0xff;
            signed += one;
        }
        long said = octal(header, 148, 156);
        if (said != sum && said != signed) {
            throw new Unreadable("has something that is no header where one should be");
        }
    }

    private static long sizeOf(byte[] header, Map<String, byte[]> described) throws IOException {
        byte[] said = described.get("size");
        long size;
        if (said != null) {
            try {
                size = Long.parseLong(new String(said, StandardCharsets.US_ASCII).strip());
            } catch (NumberFormatException notANumber) {
                throw new Unreadable("has a header with a size that is no number");
            }
        } else if ((header[124] & 0x80) != 0) {
            size = 0;
            for (int index = 125; index < 136; index++) {
                if (size >>> 55 != 0) {
                    throw new Unreadable("has a header with a size that no file has");
                }
                size = size << 8 | header[index] & 0xff;
            }
        } else {
            size = octal(header, 124, 136);
        }
        if (size < 0) {
            throw new Unreadable("has a header with a size that no file has");
        }
        return size;
    }

    private static long octal(byte[] bytes, int from, int to) throws IOException {
        long value = 0;
        for (int index = from; index < to; index++) {
            byte digit = bytes[index];
            if (digit >= '0' && digit <= '7') {
                value = value << 3 | digit - '0';
            } else if (digit != ' ' && digit != 0) {
                throw new Unreadable("has something that is no header where one should be");
            }
        }
        return value;
    }

    private byte[] description() throws IOException {
        if (left > LARGEST_DESCRIPTION) {
            throw new Unreadable("has a header of more than " + LARGEST_DESCRIPTION + " bytes");
        }
        byte[] bytes = Archive.readFully(in, (int) left, "a header");
        left = 0;
        return bytes;
    }

    /** {@code <length> <key>=<value>\n}, the length being that of all of it. */
    private static Map<String, byte[]> records(byte[] bytes) throws IOException {
        Map<String, byte[]> records = new HashMap<>();
        int start = 0;
        while (start < bytes.length && bytes[start] != 0) {
            int space = indexOf(bytes, ' ', start);
            int length = length(bytes, start, space);
            int equals = indexOf(bytes, '=', space);
            if (length <= space - start || start + length > bytes.length || equals >= start + length) {
                throw new Unreadable("has a pax header that is broken");
            }
            records.put(
                    new String(bytes, space + 1, equals - space - 1, StandardCharsets.UTF_8),
                    Arrays.copyOfRange(bytes, equals + 1, start + length - 1));
            start += length;
        }
        return records;
    }

    private static int length(byte[] bytes, int start, int space) throws IOException {
        try {
            return Integer.parseInt(new String(bytes, start, space - start, StandardCharsets.US_ASCII));
        } catch (NumberFormatException broken) {
            throw new Unreadable("has a pax header that is broken");
        }
    }

    private static int indexOf(byte[] bytes, char wanted, int from) throws IOException {
        for (int index = from; index < bytes.length; index++) {
            if (bytes[index] == wanted) {
                return index;
            }
        }
        throw new Unreadable("has a pax header that is broken");
    }

    private void begin(long size) {
        left = size;
        padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private void skipRest() throws IOException {
        byte[] scratch = new byte[left > 0 ? 8192 : 0];
        while (left > 0) {
            read(scratch, 0, scratch.length);
        }
        Archive.readFully(in, padding, "the last block of a file");
        padding = 0;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count = in.read(into, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new Unreadable("ends in the middle of a file");
        }
        left -= count;
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
