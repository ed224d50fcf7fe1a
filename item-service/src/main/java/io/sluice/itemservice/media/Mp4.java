package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** MP4 and QuickTime (ISO/IEC 14496-12): boxes in boxes, each with its length and four letters. */
final class Mp4 {

    private static final int MOST_BOXES = 10_000;
    private static final int MOST_TRACKS = 100;
    private static final double UNSIGNED = 4_294_967_296.0;

    private Mp4() {}

    /** What is between two positions; the kind is its four letters. */
    private record Box(String kind, long start, long end) {}

    static @Nullable MediaFacts read(FileBytes file) throws IOException {
        Box movie = find(file, 0, file.size(), "moov");
        if (movie == null) {
            return null;
        }
        Box header = find(file, movie.start(), movie.end(), "mvhd");
        double duration = header == null ? 0 : seconds(file, header);
        Box extended = find(file, movie.start(), movie.end(), "mvex");
        Box fragments = extended == null ? null : find(file, extended.start(), extended.end(), "mehd");
        if (duration == 0 && header != null && fragments != null) {
            duration = fragmented(file, header, fragments);
        }
        long position = movie.start();
        for (int track = 0; track < MOST_TRACKS; track++) {
            Box found = find(file, position, movie.end(), "trak");
            if (found == null) {
                break;
            }
            MediaFacts video = video(file, found, duration);
            if (video != null) {
                return video;
            }
            position = found.end();
        }
        return MediaFacts.sound(duration);
    }

    private static @Nullable MediaFacts video(FileBytes file, Box track, double ofMovie) throws IOException {
        Box media = find(file, track.start(), track.end(), "mdia");
        Box kind = media == null ? null : find(file, media.start(), media.end(), "hdlr");
        Box header = find(file, track.start(), track.end(), "tkhd");
        if (media == null || kind == null || header == null || !"vide".equals(letters(file, kind.start() + 8))) {
            return null;
        }
        // The last two numbers, of 16 bits and 16 bits behind the point.
        ByteBuffer size = file.at(header.end() - 8, 8);
        int width = size.getInt() >>> 16;
        int height = size.getInt() >>> 16;
        Box times = find(file, media.start(), media.end(), "mdhd");
        double duration = times == null ? 0 : seconds(file, times);
        Long frames = frames(file, media);
        Double fps = duration > 0 && frames != null ? frames / duration : null;
        return MediaFacts.video(ofMovie > 0 ? ofMovie : duration, width, height, fps, frames);
    }

    private static @Nullable Long frames(FileBytes file, Box media) throws IOException {
        Box at = media;
        for (String kind : new String[] {"minf", "stbl", "stsz"}) {
            Box inner = find(file, at.start(), at.end(), kind);
            if (inner == null) {
                return null;
            }
            at = inner;
        }
        long frames = file.at(at.start() + 8, 4).getInt() & 0xffffffffL;
        return frames == 0 ? null : frames;
    }

    /** Of a box that begins with two times of creation and goes on with a time scale and a duration. */
    private static double seconds(FileBytes file, Box header) throws IOException {
        boolean isLong = file.at(header.start(), 1).get() == 1;
        ByteBuffer numbers = file.at(header.start() + (isLong ? 20 : 12), isLong ? 12 : 8);
        long scale = numbers.getInt() & 0xffffffffL;
        double duration = isLong ? numbers.getLong() : numbers.getInt() & 0xffffffffL;
        boolean isUnknown = duration < 0 || !isLong && duration == UNSIGNED - 1;
        return scale == 0 || isUnknown ? 0 : duration / scale;
    }

    /** The movie header of a film in fragments has the time scale, another box the duration. */
    private static double fragmented(FileBytes file, Box header, Box fragments) throws IOException {
        boolean isLong = file.at(header.start(), 1).get() == 1;
        long scale = file.at(header.start() + (isLong ? 20 : 12), 4).getInt() & 0xffffffffL;
        boolean isLongDuration = file.at(fragments.start(), 1).get() == 1;
        ByteBuffer number = file.at(fragments.start() + 4, isLongDuration ? 8 : 4);
        double duration = isLongDuration ? number.getLong() : number.getInt() & 0xffffffffL;
        return scale == 0 || duration < 0 ? 0 : duration / scale;
    }

    private static String letters(FileBytes file, long position) throws IOException {
        return StandardCharsets.ISO_8859_1.decode(file.at(position, 4)).toString();
    }

    private static @Nullable Box find(FileBytes file, long from, long end, String kind) throws IOException {
        long position = from;
        for (int boxes = 0; boxes < MOST_BOXES && position + 8 <= end && !file.endsBefore(position + 8); boxes++) {
            ByteBuffer header = file.at(position, 8);
            long size = header.getInt() & 0xffffffffL;
            String found = StandardCharsets.ISO_8859_1.decode(header).toString();
            int length = 8;
            if (size == 1) {
                size = file.at(position + 8, 8).getLong();
                length = 16;
            } else if (size == 0) {
                size = end - position;
            }
            if (size < length || size > end - position) {
                return null;
            }
            if (found.equals(kind)) {
                return new Box(kind, position + length, position + size);
            }
            position += size;
        }
        return null;
    }
}
