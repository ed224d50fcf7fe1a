package io.sluice.itemservice.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A tar as old and new programs write it, and as none should. */
public final class Tar {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Tar file(String name, byte[] bytes) {
        return name.length() < 100 && name.chars().allMatch(letter -> letter < 128)
                ? member(name.getBytes(StandardCharsets.UTF_8), '0', bytes, bytes.length)
                : pax("path", name).member("long".getBytes(StandardCharsets.UTF_8), '0', bytes, bytes.length);
    }

    public Tar file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public Tar folder(String name) {
        return member(name.getBytes(StandardCharsets.UTF_8), '5', new byte[0], 0);
    }

    /** What describes the next member. */
    public Tar pax(String key, String value) {
        byte[] rest = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8);
        int length = rest.length + 1;
        while (Integer.toString(length).length() + rest.length != length) {
            length++;
        }
        byte[] record = new byte[length];
        byte[] digits = Integer.toString(length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, record, 0, digits.length);
        System.arraycopy(rest, 0, record, digits.length, rest.length);
        return member("pax".getBytes(StandardCharsets.US_ASCII), 'x', record, record.length);
    }

    /** @param size what the header says */
    public Tar member(byte[] name, char type, byte[] bytes, long size) {
        byte[] header = new byte[512];
        System.arraycopy(name, 0, header, 0, Math.min(100, name.length));
        put(header, 100, "0000644\0");
        put(header, 124, String.format("%011o\0", size));
        put(header, 136, String.format("%011o\0", 0));
        header[156] = (byte) type;
        put(header, 257, "ustar\0" + "00");
        put(header, 148, "        ");
        int sum = 0;
        for (byte one : header) {
            sum += one & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        out.writeBytes(header);
        out.writeBytes(bytes);
        out.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
        return this;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** Without the two empty blocks of its end. */
    public byte[] unfinished() {
        return out.toByteArray();
    }

    public byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[1024]);
        return whole.toByteArray();
    }
}
