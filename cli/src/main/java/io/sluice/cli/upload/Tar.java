package io.sluice.cli.upload;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The parts of a tar (POSIX pax) around the bytes of its files. */
final class Tar {

    static final int BLOCK = 512;

    /** Two empty blocks. */
    static final byte[] END = new byte[2 * BLOCK];

    private static final int LONGEST_NAME = 100;
    private static final long LARGEST_SIZE = 0_77777777777L;

    private Tar() {}

    /** What comes before a file's bytes. The path loses its first slash: an archive has no root. */
    static byte[] header(String path, long size) {
        byte[] name = path.substring(1).getBytes(StandardCharsets.UTF_8);
        boolean isPlain = name.length <= LONGEST_NAME && path.chars().allMatch(character -> character < 128);
        ByteArrayOutputStream out = new ByteArrayOutputStream(BLOCK);
        if (!isPlain || size > LARGEST_SIZE) {
            ByteArrayOutputStream described = new ByteArrayOutputStream();
            described.writeBytes(described("path", name));
            if (size > LARGEST_SIZE) {
                described.writeBytes(described("size", Long.toString(size).getBytes(StandardCharsets.US_ASCII)));
            }
            byte[] records = described.toByteArray();
            out.writeBytes(block("pax".getBytes(StandardCharsets.US_ASCII), records.length, 'x'));
            out.writeBytes(records);
            out.writeBytes(padding(records.length));
        }
        byte[] shown = isPlain ? name : "file".getBytes(StandardCharsets.US_ASCII);
        out.writeBytes(block(shown, Math.min(size, LARGEST_SIZE), '0'));
        return out.toByteArray();
    }

    /** What comes after so many bytes. */
    static byte[] padding(long size) {
        return new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)];
    }

    /** {@code <length> <key>=<value>\n}, the length being that of all of it. */
    private static byte[] described(String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + Integer.toString(rest).length();
        length = rest + Integer.toString(length).length();
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        out.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(value);
        out.write('\n');
        return out.toByteArray();
    }

    private static byte[] block(byte[] name, long size, char type) {
        byte[] block = new byte[BLOCK];
        System.arraycopy(name, 0, block, 0, name.length);
        put(block, 100, "0000644\0");
        put(block, 108, "0000000\0");
        put(block, 116, "0000000\0");
        put(block, 124, String.format(Locale.ROOT, "%011o", size) + "\0");
        put(block, 136, "00000000000\0");
        put(block, 148, "        ");
        block[156] = (byte) type;
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte one : block) {
            sum += one & 0xff;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o", sum) + "\0 ");
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }
}
