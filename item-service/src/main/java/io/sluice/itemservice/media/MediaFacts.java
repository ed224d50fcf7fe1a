package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a video or a sound says of itself: MP4 and QuickTime, WebM and Matroska, WAV, MP3. As with pictures only the few bytes
 * that say it are read.
 *
 * @param duration in seconds; null when the file does not say it, as a recording often does not
 * @param width of the picture in pixels; null for a sound
 * @param height of the picture in pixels; null for a sound
 * @param fps pictures a second, on the average; null for a sound, or when it cannot be told
 * @param frames how many pictures; null for a sound, or when it cannot be told
 */
public record MediaFacts(
        @Nullable Double duration,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Double fps,
        @Nullable Long frames) {

    private static final int START = 12;
    private static final double LONGEST_SECONDS = 1e9;
    private static final double MOST_FPS = 10_000;
    private static final double DIGITS = 1e6;

    /** Empty when the file is none of these, or broken. */
    public static Optional<MediaFacts> of(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return of(channel);
        }
    }

    /** What these bytes say; they are not closed. */
    public static Optional<MediaFacts> of(SeekableByteChannel bytes) throws IOException {
        try {
            return Optional.ofNullable(read(new FileBytes(bytes)));
        } catch (FileBytes.EndOfFile broken) {
            return Optional.empty();
        }
    }

    private static @Nullable MediaFacts read(FileBytes file) throws IOException {
        String magic = new String(file.upTo(START), StandardCharsets.ISO_8859_1);
        if (magic.startsWith("ftyp", 4) || magic.startsWith("moov", 4) || magic.startsWith("mdat", 4)) {
            return Mp4.read(file);
        }
        if (magic.startsWith("\u001aE\u00df\u00a3")) {
            return Matroska.read(file);
        }
        if ((magic.startsWith("RIFF") || magic.startsWith("RF64")) && magic.startsWith("WAVE", 8)) {
            return Wav.read(file);
        }
        boolean isMp3 = magic.startsWith("ID3")
                || magic.length() > 1 && magic.charAt(0) == 0xff && (magic.charAt(1) & 0xe6) == 0xe2;
        return isMp3 ? Mp3.read(file) : null;
    }

    static MediaFacts sound(double duration) {
        return new MediaFacts(possible(duration, LONGEST_SECONDS), null, null, null, null);
    }

    /** @param fps null, or nonsense, when it is to follow from the frames */
    static MediaFacts video(double duration, int width, int height, @Nullable Double fps, @Nullable Long frames) {
        Double seconds = possible(duration, LONGEST_SECONDS);
        Double told = fps == null ? null : possible(fps, MOST_FPS);
        Long count = frames;
        if (told == null && seconds != null && count != null) {
            told = possible(count / seconds, MOST_FPS);
        }
        if (count == null && seconds != null && told != null) {
            count = Math.round(seconds * told);
        }
        return new MediaFacts(
                seconds,
                width > 0 ? width : null,
                height > 0 ? height : null,
                told,
                count != null && count > 0 ? count : null);
    }

    private static @Nullable Double possible(double number, double most) {
        return number > 0 && number < most ? Math.round(number * DIGITS) / DIGITS : null;
    }
}
