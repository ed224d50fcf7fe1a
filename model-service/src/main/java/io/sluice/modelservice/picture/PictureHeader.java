package io.sluice.modelservice.picture;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The size that a picture says it has, before any library that would set memory aside for it is asked.
 *
 * @param width in pixels
 * @param height in pixels
 * @param orientation how it is to be turned to be shown (Exif 2.3 §4.6.4), 1–8; 1 when it does not say
 */
record PictureHeader(long width, long height, int orientation) {

    private static final int MOST_PARTS = 10_000;
    private static final int EXIF_WIDTH = 0x0100;
    private static final int EXIF_HEIGHT = 0x0101;
    private static final int EXIF_ORIENTATION = 0x0112;

    /** Null when it is of none of the formats that are read here, or broken. */
    static @Nullable PictureHeader of(byte[] picture) {
        try {
            PictureHeader header = read(ByteBuffer.wrap(picture));
            return header == null || header.width < 1 || header.height < 1 ? null : header;
        } catch (IndexOutOfBoundsException | BufferUnderflowException | IllegalArgumentException endsTooSoon) {
            return null;
        }
    }

    private static @Nullable PictureHeader read(ByteBuffer bytes) {
        String magic = text(bytes, 0, Math.min(16, bytes.limit()));
        if (magic.startsWith("\u0089PNG\r\n\u001a\n")) {
            return new PictureHeader(
                    bytes.getInt(16) & 0xffffffffL, bytes.getInt(20) & 0xffffffffL, orientationOfPng(bytes));
        }
        if (magic.startsWith("\u00ff\u00d8\u00ff")) {
            return jpeg(bytes);
        }
        ByteBuffer little = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (magic.startsWith("GIF87a") || magic.startsWith("GIF89a")) {
            return new PictureHeader(little.getShort(6) & 0xffff, little.getShort(8) & 0xffff, 1);
        }
        if (magic.startsWith("BM")) {
            boolean isOld = little.getInt(14) == 12;
            return isOld
                    ? new PictureHeader(little.getShort(18) & 0xffff, little.getShort(20) & 0xffff, 1)
                    : new PictureHeader(little.getInt(18), Math.abs((long) little.getInt(22)), 1);
        }
        if (magic.startsWith("RIFF") && magic.startsWith("WEBP", 8)) {
            return webp(little);
        }
        if (magic.startsWith("II*\0") || magic.startsWith("MM\0*")) {
            return tiff(bytes, 0);
        }
        return null;
    }

    private static String text(ByteBuffer bytes, int from, int length) {
        return StandardCharsets.ISO_8859_1.decode(bytes.slice(from, length)).toString();
    }

    /** PNG 3rd edition §11.3.4.5: in a chunk of its own. */
    private static int orientationOfPng(ByteBuffer bytes) {
        long position = 8;
        for (int chunk = 0; chunk < MOST_PARTS && position + 8 <= bytes.limit(); chunk++) {
            String kind = text(bytes, (int) position + 4, 4);
            if (kind.equals("IEND") || kind.equals("eXIf")) {
                return kind.equals("IEND") ? 1 : orientation(bytes, (int) position + 8);
            }
            position += 12 + (bytes.getInt((int) position) & 0xffffffffL);
        }
        return 1;
    }

    /** ITU-T T.81 §B.1.1 and §B.2.2: segments with a marker and a length, the frame header among them. */
    private static @Nullable PictureHeader jpeg(ByteBuffer bytes) {
        int orientation = 1;
        int position = 2;
        for (int segment = 0; segment < MOST_PARTS; segment++) {
            int marker = bytes.getShort(position) & 0xffff;
            if (marker == 0xffff) {
                position++;
                continue;
            }
            if ((marker & 0xff00) != 0xff00 || marker == 0xffd9 || marker == 0xffda) {
                return null;
            }
            int length = bytes.getShort(position + 2) & 0xffff;
            boolean isFrame =
                    marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc;
            if (isFrame) {
                return new PictureHeader(
                        bytes.getShort(position + 7) & 0xffff, bytes.getShort(position + 5) & 0xffff, orientation);
            }
            if (marker == 0xffe1 && length > 16 && text(bytes, position + 4, 6).equals("Exif\0\0")) {
                orientation = orientation(bytes, position + 10);
            }
            position += 2 + length;
        }
        return null;
    }

    /** RFC 9649 §2.5 to §2.7. */
    private static @Nullable PictureHeader webp(ByteBuffer bytes) {
        return switch (text(bytes, 12, 4)) {
            case "VP8 " -> new PictureHeader(bytes.getShort(26) & 0x3fff, bytes.getShort(28) & 0x3fff, 1);
            case "VP8L" -> {
                int bits = bytes.getInt(21);
                yield new PictureHeader((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, 1);
            }
            case "VP8X" ->
                new PictureHeader(
                        (bytes.getInt(24) & 0xffffff) + 1,
                        (bytes.getInt(26) >>> 8) + 1,
                        (bytes.get(20) & 0x08) == 0 ? 1 : orientationOfWebp(bytes));
            default -> null;
        };
    }

    private static int orientationOfWebp(ByteBuffer bytes) {
        long position = 12;
        for (int chunk = 0; chunk < MOST_PARTS && position + 14 <= bytes.limit(); chunk++) {
            long length = bytes.getInt((int) position + 4) & 0xffffffffL;
            if (text(bytes, (int) position, 4).equals("EXIF")) {
                int start = (int) position + 8;
                return orientation(bytes, text(bytes, start, 6).equals("Exif\0\0") ? start + 6 : start);
            }
            position += 8 + length + length % 2;
        }
        return 1;
    }

    private static int orientation(ByteBuffer bytes, int start) {
        try {
            return tiff(bytes, start).orientation();
        } catch (IndexOutOfBoundsException | BufferUnderflowException broken) {
            return 1;
        }
    }

    /** TIFF 6.0 §2: what the first directory says. */
    private static PictureHeader tiff(ByteBuffer bytes, int start) {
        ByteBuffer tiff = bytes.slice(start, bytes.limit() - start)
                .order(bytes.get(start) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        int count = tiff.getShort(directory) & 0xffff;
        long width = 0;
        long height = 0;
        int orientation = 1;
        for (int entry = 0; entry < count; entry++) {
            int at = directory + 2 + entry * 12;
            int tag = tiff.getShort(at) & 0xffff;
            long value =
                    tiff.getShort(at + 2) == 3 ? tiff.getShort(at + 8) & 0xffff : tiff.getInt(at + 8) & 0xffffffffL;
            switch (tag) {
                case EXIF_WIDTH -> width = value;
                case EXIF_HEIGHT -> height = value;
                case EXIF_ORIENTATION -> orientation = value >= 1 && value <= 8 ? (int) value : 1;
                default -> {}
            }
        }
        return new PictureHeader(width, height, orientation);
    }
}
