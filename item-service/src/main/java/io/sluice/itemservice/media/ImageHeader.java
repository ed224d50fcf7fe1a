package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a picture says. Only the few bytes that say it are read, wherever in the file they are: libraries
 * that read everything a picture may hold can be made to fill the memory by a small file.
 *
 * @param type the media type, where the first bytes leave no doubt: JPEG and PNG; null for formats that others are made of
 * @param width in pixels
 * @param height in pixels
 * @param channels colour channels and transparency together; null where the format does not say it
 * @param orientation how a viewer is to turn the picture (Exif 2.3 §4.6.4), 1–8; null when it does not say
 */
public record ImageHeader(
        @Nullable String type,
        int width,
        int height,
        @Nullable Integer channels,
        @Nullable Integer orientation) {

    private ImageHeader(int width, int height, @Nullable Integer channels, @Nullable Integer orientation) {
        this(null, width, height, channels, orientation);
    }

    /** A file with more segments, chunks or boxes before what is looked for in it is made to waste time. */
    private static final int MOST_PARTS = 10_000;

    /** The description of a HEIF file is that long at most; that of a telephone's picture has a few kilobytes. */
    private static final int LONGEST_HEIF_META = 1024 * 1024;

    private static final int EXIF_WIDTH = 0x0100;
    private static final int EXIF_HEIGHT = 0x0101;
    private static final int EXIF_ORIENTATION = 0x0112;
    private static final int EXIF_SAMPLES = 0x0115;

    /** The header of the picture in a file; empty when it is none, or none of a known format, or broken. */
    public static Optional<ImageHeader> of(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return of(channel);
        }
    }

    /** The header of the picture that these bytes are; they are not closed. */
    public static Optional<ImageHeader> of(SeekableByteChannel bytes) throws IOException {
        try {
            return Optional.ofNullable(read(new FileBytes(bytes))).filter(ImageHeader::isPossible);
        } catch (FileBytes.EndOfFile broken) {
            return Optional.empty();
        }
    }

    private boolean isPossible() {
        return width > 0 && height > 0;
    }

    private static @Nullable ImageHeader read(FileBytes file) throws IOException {
        byte[] start = file.upTo(16);
        String magic = new String(start, StandardCharsets.ISO_8859_1);
        if (magic.startsWith("\u0089PNG\r\n\u001a\n")) {
            return png(file);
        }
        if (magic.startsWith("\u00ff\u00d8\u00ff")) {
            return jpeg(file);
        }
        if (magic.startsWith("GIF87a") || magic.startsWith("GIF89a")) {
            ByteBuffer size = file.at(6, 4).order(ByteOrder.LITTLE_ENDIAN);
            return new ImageHeader(size.getShort() & 0xffff, size.getShort() & 0xffff, null, null);
        }
        if (magic.startsWith("BM")) {
            return bmp(file);
        }
        if (magic.startsWith("RIFF") && magic.startsWith("WEBP", 8)) {
            return webp(file);
        }
        if (magic.startsWith("II*\0") || magic.startsWith("MM\0*")) {
            Map<Integer, Integer> tags = tiff(file, 0);
            return new ImageHeader(
                    tags.getOrDefault(EXIF_WIDTH, 0),
                    tags.getOrDefault(EXIF_HEIGHT, 0),
                    tags.get(EXIF_SAMPLES),
                    orientation(tags));
        }
        return magic.startsWith("ftyp", 4) ? heif(file) : null;
    }

    /** ISO/IEC 15948 §11.2.2; an indexed picture has true colours. */
    private static ImageHeader png(FileBytes file) throws IOException {
        ByteBuffer header = file.at(16, 10);
        int width = header.getInt();
        int height = header.getInt();
        header.get();
        Integer channels = switch (header.get()) {
            case 0 -> 1;
            case 4 -> 2;
            case 2, 3 -> 3;
            case 6 -> 4;
            default -> null;
        };
        return new ImageHeader("image/png", width, height, channels, orientationOfPng(file));
    }

    /** PNG 3rd edition §11.3.4.5: a chunk of its own, whatever place among the others it has. */
    private static @Nullable Integer orientationOfPng(FileBytes file) throws IOException {
        long position = 8;
        for (int chunk = 0; chunk < MOST_PARTS && !file.endsBefore(position + 8); chunk++) {
            ByteBuffer header = file.at(position, 8);
            long length = header.getInt() & 0xffffffffL;
            switch (StandardCharsets.ISO_8859_1.decode(header).toString()) {
                case "eXIf" -> {
                    return orientationIn(file, position + 8);
                }
                case "IEND" -> {
                    return null;
                }
                default -> position += 8 + length + 4;
            }
        }
        return null;
    }

    /** ITU-T T.81 §B.1.1 and §B.2.2: segments with a marker and a length, the frame header among them. */
    private static @Nullable ImageHeader jpeg(FileBytes file) throws IOException {
        Integer orientation = null;
        long position = 2;
        for (int segment = 0; segment < MOST_PARTS; segment++) {
            int marker = file.at(position, 2).getShort() & 0xffff;
            if (marker == 0xffff) {
                position++;
                continue;
            }
            if ((marker & 0xff00) != 0xff00 || marker == 0xffd9 || marker == 0xffda) {
                return null;
            }
            int length = file.at(position + 2, 2).getShort() & 0xffff;
            if (isFrameHeader(marker)) {
                ByteBuffer frame = file.at(position + 5, 5);
                int height = frame.getShort() & 0xffff;
                int width = frame.getShort() & 0xffff;
                return new ImageHeader("image/jpeg", width, height, frame.get() & 0xff, orientation);
            }
            if (marker == 0xffe1 && length > 16 && isExif(file.at(position + 4, 6))) {
                orientation = orientationIn(file, position + 10);
            }
            position += 2 + length;
        }
        return null;
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc;
    }

    private static boolean isExif(ByteBuffer start) {
        return StandardCharsets.ISO_8859_1.decode(start).toString().equals("Exif\0\0");
    }

    private static @Nullable Integer orientationIn(FileBytes file, long start) throws IOException {
        try {
            return orientation(tiff(file, start));
        } catch (FileBytes.EndOfFile broken) {
            return null;
        }
    }

    private static @Nullable Integer orientation(Map<Integer, Integer> tags) {
        Integer orientation = tags.get(EXIF_ORIENTATION);
        return orientation != null && orientation >= 1 && orientation <= 8 ? orientation : null;
    }

    /** TIFF 6.0 §2: the numbers that the first directory holds itself, by their tags. */
    private static Map<Integer, Integer> tiff(FileBytes file, long start) throws IOException {
        ByteOrder order = file.at(start, 1).get() == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        long directory = start + (file.at(start + 4, 4).order(order).getInt() & 0xffffffffL);
        int count = file.at(directory, 2).order(order).getShort() & 0xffff;
        ByteBuffer entries = file.at(directory + 2, count * 12).order(order);
        Map<Integer, Integer> numbers = new TreeMap<>();
        for (int entry = 0; entry < count; entry++) {
            int at = entry * 12;
            int tag = entries.getShort(at) & 0xffff;
            int type = entries.getShort(at + 2);
            if (type == 3) {
                numbers.put(tag, entries.getShort(at + 8) & 0xffff);
            } else if (type == 4) {
                numbers.put(tag, entries.getInt(at + 8));
            }
        }
        return numbers;
    }

    /** The old header of OS/2 has 16-bit numbers; in the others a negative height means that the top comes first. */
    private static ImageHeader bmp(FileBytes file) throws IOException {
        ByteBuffer header = file.at(14, 16).order(ByteOrder.LITTLE_ENDIAN);
        boolean isOld = header.getInt(0) == 12;
        int width = isOld ? header.getShort(4) & 0xffff : header.getInt(4);
        int height = isOld ? header.getShort(6) & 0xffff : Math.abs(header.getInt(8));
        int bits = isOld ? header.getShort(10) : header.getShort(14);
        return new ImageHeader(width, height, bits == 32 ? 4 : 3, null);
    }

    /** RFC 9649 §2.5 to §2.7. */
    private static @Nullable ImageHeader webp(FileBytes file) throws IOException {
        String kind = StandardCharsets.ISO_8859_1.decode(file.at(12, 4)).toString();
        ByteBuffer header = file.at(20, 10).order(ByteOrder.LITTLE_ENDIAN);
        return switch (kind) {
            case "VP8 " -> new ImageHeader(header.getShort(6) & 0x3fff, header.getShort(8) & 0x3fff, 3, null);
            case "VP8L" -> {
                int bits = header.getInt(1);
                yield new ImageHeader((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, (bits >> 28 & 1) + 3, null);
            }
            case "VP8X" ->
                new ImageHeader(
                        (header.getInt(4) & 0xffffff) + 1,
                        (header.getInt(6) >>> 8) + 1,
                        (header.get(0) & 0x10) == 0 ? 3 : 4,
                        (header.get(0) & 0x08) == 0 ? null : orientationOfWebp(file));
            default -> null;
        };
    }

    /** RFC 9649 §2.7.1.5. Some begin it as a JPEG's. */
    private static @Nullable Integer orientationOfWebp(FileBytes file) throws IOException {
        long position = 12;
        for (int chunk = 0; chunk < MOST_PARTS && !file.endsBefore(position + 14); chunk++) {
            ByteBuffer header = file.at(position, 8);
            long length = header.order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL;
            if (StandardCharsets.ISO_8859_1.decode(header.limit(4)).toString().equals("EXIF")) {
                return orientationIn(file, position + (isExif(file.at(position + 8, 6)) ? 14 : 8));
            }
            position += 8 + length + length % 2;
        }
        return null;
    }

    /**
     * ISO/IEC 23008-12 §6.5.3: pictures, their tiles and thumbnails each have an {@code ispe} box with their size; the
     * largest is that of the whole.
     */
    private static @Nullable ImageHeader heif(FileBytes file) throws IOException {
        Box meta = box(file, 0, Long.MAX_VALUE, "meta");
        // After a version, the boxes in it; the properties of the pictures are two boxes further down.
        Box properties = meta == null || meta.end() - meta.start() > LONGEST_HEIF_META
                ? null
                : box(file, meta.start() + 4, meta.end(), "iprp");
        Box container = properties == null ? null : box(file, properties.start(), properties.end(), "ipco");
        if (container == null) {
            return null;
        }
        ImageHeader largest = new ImageHeader(0, 0, null, null);
        long position = container.start();
        for (Box size = box(file, position, container.end(), "ispe");
                size != null;
                size = box(file, size.end(), container.end(), "ispe")) {
            ByteBuffer numbers = file.at(size.start() + 4, 8);
            ImageHeader next = new ImageHeader(numbers.getInt(), numbers.getInt(), null, null);
            largest = (long) next.width * next.height > (long) largest.width * largest.height ? next : largest;
        }
        return largest;
    }

    private record Box(long start, long end) {}

    /** The first box of that kind between two positions (ISO/IEC 14496-12 §4.2); null when there is none. */
    private static @Nullable Box box(FileBytes file, long from, long end, String kind) throws IOException {
        long position = from;
        for (int boxes = 0; boxes < MOST_PARTS && position + 8 <= end && !file.endsBefore(position + 8); boxes++) {
            ByteBuffer header = file.at(position, 8);
            long size = header.getInt() & 0xffffffffL;
            String found = StandardCharsets.ISO_8859_1.decode(header).toString();
            int length = 8;
            if (size == 1) {
                size = file.at(position + 8, 8).getLong();
                length = 16;
            }
            if (size < length) {
                return null;
            }
            if (found.equals(kind)) {
                return new Box(position + length, position + size);
            }
            position += size;
        }
        return null;
    }
}
