package io.sluice.itemservice.testing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Small pictures, drawn when they are needed. */
public final class Pictures {

    private Pictures() {}

    /**
     * A picture of 7 × 5.
     *
     * @param format what ImageIO calls it
     * @param type one of the types of {@link BufferedImage}
     */
    public static byte[] of(String format, int type) {
        return written(format, new BufferedImage(7, 5, type));
    }

    /** A lossless WebP picture of one colour (RFC 9649 §3): 34 bytes, however large it is, up to 16,384 on each side. */
    public static byte[] plainWebp(int width, int height) {
        long size = width - 1L | (height - 1L) << 14;
        // No transform, no cache of colours, one group of codes; then five codes of one symbol each, which take no
        // bits.
        long codes = 0;
        for (int code = 0; code < 5; code++) {
            codes |= 1L << (3 + 4 * code);
        }
        ByteBuffer bytes = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(26);
        bytes.put("WEBPVP8L".getBytes(StandardCharsets.ISO_8859_1)).putInt(14);
        bytes.put((byte) 0x2f).putInt((int) size).putLong(codes);
        return bytes.array();
    }

    private static byte[] written(String format, BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(picture, format, bytes)) {
                throw new IllegalArgumentException("ImageIO cannot write " + format);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** A picture whose left half has one colour and whose right half has another. */
    public static byte[] halves(String format, int width, int height, int left, int right) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, x < width / 2 ? left : right);
            }
        }
        return written(format, picture);
    }

    /** A JPEG picture that an Exif block says is to be turned. */
    public static byte[] turnedJpeg(int orientation) {
        return turned(of("jpeg", BufferedImage.TYPE_INT_RGB), orientation);
    }

    /** As {@link #turnedJpeg}, of another one. */
    public static byte[] turned(byte[] jpeg, int orientation) {
        ByteArrayOutputStream turned = new ByteArrayOutputStream();
        turned.write(jpeg, 0, 2);
        byte[] exif = exif(orientation);
        turned.writeBytes(new byte[] {(byte) 0xff, (byte) 0xe1, 0, (byte) (exif.length + 2)});
        turned.writeBytes(exif);
        turned.write(jpeg, 2, jpeg.length - 2);
        return turned.toByteArray();
    }

    /** A PNG picture with a chunk that says how it is to be turned, before what it shows. */
    public static byte[] turnedPng(byte[] png, int orientation) {
        byte[] exif = exif(orientation);
        int length = exif.length - 6;
        ByteBuffer chunk = ByteBuffer.allocate(length + 12).putInt(length);
        chunk.put("eXIf".getBytes(StandardCharsets.ISO_8859_1)).put(exif, 6, length);
        CRC32 sum = new CRC32();
        sum.update(chunk.array(), 4, length + 4);
        chunk.putInt((int) sum.getValue());
        ByteArrayOutputStream turned = new ByteArrayOutputStream();
        int header = 8 + 12 + 13;
        turned.write(png, 0, header);
        turned.writeBytes(chunk.array());
        turned.write(png, header, png.length - header);
        return turned.toByteArray();
    }

    /**
     * A WebP picture in the form that has room for more than what it shows.
     *
     * @param webp in the simple form
     * @param startsAsInJpeg whether the block begins as in a JPEG file, as some write it
     */
    public static byte[] turnedWebp(byte[] webp, int width, int height, int orientation, boolean startsAsInJpeg) {
        byte[] exif = exif(orientation);
        int skipped = startsAsInJpeg ? 0 : 6;
        int length = exif.length - skipped;
        int size = 4 + 18 + (webp.length - 12) + 8 + length;
        ByteBuffer turned = ByteBuffer.allocate(8 + size).order(ByteOrder.LITTLE_ENDIAN);
        turned.put("RIFF".getBytes(StandardCharsets.ISO_8859_1)).putInt(size);
        turned.put("WEBPVP8X".getBytes(StandardCharsets.ISO_8859_1)).putInt(10).putInt(0x08);
        turned.putShort((short) (width - 1)).put((byte) 0).putShort((short) (height - 1));
        turned.put((byte) 0).put(webp, 12, webp.length - 12);
        turned.put("EXIF".getBytes(StandardCharsets.ISO_8859_1)).putInt(length).put(exif, skipped, length);
        return turned.array();
    }

    /** Exif 2.3 §4.5.4: a TIFF header, one directory with one entry, no further directory. */
    private static byte[] exif(int orientation) {
        ByteArrayOutputStream exif = new ByteArrayOutputStream();
        exif.writeBytes("Exif\0\0MM\0*\0\0\0\10".getBytes(StandardCharsets.ISO_8859_1));
        exif.writeBytes(new byte[] {0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0, 0, 0, 0, 0});
        return exif.toByteArray();
    }
}
