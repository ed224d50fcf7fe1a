package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** WebM and Matroska (RFC 9559, RFC 8794): elements in elements, each with its id and its length. */
final class Matroska {

    private static final long SEGMENT = 0x18538067;
    private static final long INFO = 0x1549A966;
    private static final long TRACKS = 0x1654AE6B;
    private static final long CLUSTER = 0x1F43B675;
    private static final long TIMESTAMP_SCALE = 0x2AD7B1;
    private static final long DURATION = 0x4489;
    private static final long TRACK = 0xAE;
    private static final long TRACK_TYPE = 0x83;
    private static final long DEFAULT_DURATION = 0x23E383;
    private static final long VIDEO = 0xE0;
    private static final long WIDTH = 0xB0;
    private static final long HEIGHT = 0xBA;

    private static final int MOST_ELEMENTS = 10_000;
    private static final int MOST_NUMBER_BYTES = 8;
    private static final double NANOS = 1e9;
    private static final long MILLISECOND = 1_000_000;

    private final FileBytes file;
    private long timestampScale = MILLISECOND;
    private double duration;
    private boolean hasVideo;
    private long frameNanos;
    private int width;
    private int height;

    private Matroska(FileBytes file) {
        this.file = file;
    }

    /** Where the content of an element is. */
    private record Element(long id, long start, long end) {}

    static @Nullable MediaFacts read(FileBytes file) throws IOException {
        Matroska found = new Matroska(file);
        found.readFile();
        double seconds = found.duration * found.timestampScale / NANOS;
        if (found.hasVideo) {
            Double fps = found.frameNanos > 0 ? NANOS / found.frameNanos : null;
            return MediaFacts.video(seconds, found.width, found.height, fps, null);
        }
        return MediaFacts.sound(seconds);
    }

    private void readFile() throws IOException {
        long position = 0;
        for (int count = 0; count < MOST_ELEMENTS; count++) {
            Element element = element(position, file.size());
            if (element == null) {
                return;
            }
            if (element.id() == SEGMENT) {
                readSegment(element);
                return;
            }
            position = element.end();
        }
    }

    private void readSegment(Element segment) throws IOException {
        long position = segment.start();
        for (int count = 0; count < MOST_ELEMENTS; count++) {
            Element element = element(position, segment.end());
            // What is asked for comes before the pictures.
            if (element == null || element.id() == CLUSTER) {
                return;
            }
            if (element.id() == INFO || element.id() == TRACKS) {
                readInner(element);
            }
            position = element.end();
        }
    }

    private void readInner(Element parent) throws IOException {
        long position = parent.start();
        for (int count = 0; count < MOST_ELEMENTS; count++) {
            Element element = element(position, parent.end());
            if (element == null) {
                return;
            }
            if (element.id() == TIMESTAMP_SCALE) {
                timestampScale = number(element);
            } else if (element.id() == DURATION) {
                duration = real(element);
            } else if (element.id() == TRACK && !hasVideo) {
                readTrack(element);
            }
            position = element.end();
        }
    }

    private void readTrack(Element track) throws IOException {
        long nanos = 0;
        Element picture = null;
        boolean isVideo = false;
        long position = track.start();
        for (int count = 0; count < MOST_ELEMENTS; count++) {
            Element element = element(position, track.end());
            if (element == null) {
                break;
            }
            if (element.id() == TRACK_TYPE) {
                isVideo = number(element) == 1;
            } else if (element.id() == DEFAULT_DURATION) {
                nanos = number(element);
            } else if (element.id() == VIDEO) {
                picture = element;
            }
            position = element.end();
        }
        if (isVideo && picture != null) {
            hasVideo = true;
            frameNanos = nanos;
            readSize(picture);
        }
    }

    private void readSize(Element picture) throws IOException {
        long position = picture.start();
        for (int count = 0; count < MOST_ELEMENTS; count++) {
            Element element = element(position, picture.end());
            if (element == null) {
                return;
            }
            if (element.id() == WIDTH) {
                width = (int) Math.min(Integer.MAX_VALUE, number(element));
            } else if (element.id() == HEIGHT) {
                height = (int) Math.min(Integer.MAX_VALUE, number(element));
            }
            position = element.end();
        }
    }

    /** The element there; null when nothing more is, or no element. One of unknown length ends with its parent. */
    private @Nullable Element element(long position, long end) throws IOException {
        if (position >= end) {
            return null;
        }
        int first = file.at(position, 1).get() & 0xff;
        int idLength = Integer.numberOfLeadingZeros(first) - 23;
        if (idLength > 4) {
            return null;
        }
        long id = bigEndian(file.at(position, idLength));
        long sizeAt = position + idLength;
        int sizeFirst = file.at(sizeAt, 1).get() & 0xff;
        int sizeLength = Integer.numberOfLeadingZeros(sizeFirst) - 23;
        if (sizeLength > MOST_NUMBER_BYTES) {
            return null;
        }
        long mark = 1L << (7 * sizeLength);
        long size = bigEndian(file.at(sizeAt, sizeLength)) & (mark - 1);
        long start = sizeAt + sizeLength;
        boolean isUnknown = size == mark - 1;
        if (!isUnknown && size > end - start) {
            // The last one may be cut off.
            return new Element(id, start, end);
        }
        return new Element(id, start, isUnknown ? end : start + size);
    }

    private long number(Element element) throws IOException {
        long length = element.end() - element.start();
        return length < 1 || length > MOST_NUMBER_BYTES
                ? 0
                : Math.max(0, bigEndian(file.at(element.start(), (int) length)));
    }

    private double real(Element element) throws IOException {
        long length = element.end() - element.start();
        if (length == Float.BYTES) {
            return file.at(element.start(), Float.BYTES).getFloat();
        }
        return length == Double.BYTES ? file.at(element.start(), Double.BYTES).getDouble() : 0;
    }

    private static long bigEndian(ByteBuffer bytes) {
        long number = 0;
        while (bytes.hasRemaining()) {
            number = number << Byte.SIZE | bytes.get() & 0xff;
        }
        return number;
    }
}
