package io.sluice.itemservice.annotation;

import static io.sluice.itemservice.annotation.AnnotationContent.invalid;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The picture of a mask: {@code data:image/png;base64,…} (contract ml §A.3). It is never decoded here, but by whoever draws
 * it; so it must be a PNG from its first chunk to its last, and of a size that can be drawn.
 */
final class PngMask {

    /** As many pixels as a mask may have. */
    static final int MOST_PIXELS = 256 * 1024 * 1024;

    private static final String PREFIX = "data:image/png;base64,";
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int HEADER = 0x49484452; // IHDR
    private static final int END = 0x49454E44; // IEND
    private static final int LONG_A_HEADER = 13;

    /** Its length, its name and its checksum. */
    private static final int AROUND_A_CHUNK = 12;

    private PngMask() {}

    static void require(@Nullable Object coordinates, String where) {
        if (coordinates instanceof Map<?, ?> object) {
            requireText(object.get("data"), where + ".data");
        } else {
            requireText(coordinates, where);
        }
    }

    private static void requireText(@Nullable Object value, String where) {
        if (!(value instanceof String text) || !text.startsWith(PREFIX)) {
            throw invalid(where, "must be a text that begins with " + PREFIX);
        }
        ByteBuffer png;
        try {
            png = ByteBuffer.wrap(Base64.getDecoder().decode(text.substring(PREFIX.length())));
        } catch (IllegalArgumentException notBase64) {
            throw invalid(where, "is not Base64");
        }
        if (!isWhole(png)) {
            throw invalid(where, "is not a whole PNG");
        }
        long width = Integer.toUnsignedLong(png.getInt(16));
        long height = Integer.toUnsignedLong(png.getInt(20));
        if (width == 0 || height == 0 || width > MOST_PIXELS / height) {
            throw invalid(where, "must be a PNG of 1 to " + MOST_PIXELS + " pixels");
        }
    }

    /** Whether chunk follows chunk, from the header to the end. */
    private static boolean isWhole(ByteBuffer png) {
        if (png.remaining() < Long.BYTES + AROUND_A_CHUNK + LONG_A_HEADER
                || png.getLong(0) != SIGNATURE
                || png.getInt(8) != LONG_A_HEADER
                || png.getInt(12) != HEADER) {
            return false;
        }
        int at = Long.BYTES;
        while (png.limit() - at >= AROUND_A_CHUNK) {
            int length = png.getInt(at);
            if (length < 0 || length > png.limit() - at - AROUND_A_CHUNK) {
                return false;
            }
            if (png.getInt(at + Integer.BYTES) == END) {
                return true;
            }
            at += AROUND_A_CHUNK + length;
        }
        return false;
    }
}
