package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * MP3 (ISO/IEC 11172-3 §2.4, 13818-3): frames one after the other. The first often holds no sound but how many there are; where
 * it does not, all are taken to be as long as it is.
 */
final class Mp3 {

    private static final int ID3_HEADER = 10;
    private static final int ID3V1 = 128;

    /** What is looked through for the first frame, behind whatever tags say. */
    private static final int MOST_PADDING = 64 * 1024;

    /** By kilobits a second: of layer III, for MPEG 1 and for its successors. */
    private static final int[] RATES_1 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};

    private static final int[] RATES_2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};
    private static final int[] SAMPLES_A_SECOND = {44_100, 48_000, 32_000, 0};

    private Mp3() {}

    /**
     * @param bitrate in bits a second
     * @param sideInfo how many bytes come between the header and what a first frame says of the others
     */
    private record Frame(long start, int bitrate, int samplesASecond, int samples, int sideInfo) {}

    static @Nullable MediaFacts read(FileBytes file) throws IOException {
        Frame first = first(file, behindTags(file));
        if (first == null) {
            return null;
        }
        long frames = toldFrames(file, first);
        if (frames > 0) {
            return MediaFacts.sound((double) frames * first.samples() / first.samplesASecond());
        }
        return MediaFacts.sound((file.size() - first.start() - tagAtEnd(file)) * 8.0 / first.bitrate());
    }

    private static long behindTags(FileBytes file) throws IOException {
        ByteBuffer tag = file.at(0, ID3_HEADER);
        if (!StandardCharsets.ISO_8859_1
                .decode(tag.duplicate().limit(3))
                .toString()
                .equals("ID3")) {
            return 0;
        }
        // Seven bits of each byte, so that no length looks like a frame.
        long length = 0;
        for (int at = 6; at < ID3_HEADER; at++) {
            length = length << 7 | tag.get(at) & 0x7f;
        }
        return ID3_HEADER + length;
    }

    private static long tagAtEnd(FileBytes file) throws IOException {
        long start = file.size() - ID3V1;
        return start > 0
                        && StandardCharsets.ISO_8859_1
                                .decode(file.at(start, 3))
                                .toString()
                                .equals("TAG")
                ? ID3V1
                : 0;
    }

    private static @Nullable Frame first(FileBytes file, long from) throws IOException {
        for (long position = from; position < from + MOST_PADDING && !file.endsBefore(position + 4); position++) {
            Frame frame = frame(file.at(position, 4).getInt(), position);
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private static @Nullable Frame frame(int header, long position) {
        int version = header >>> 19 & 3;
        boolean isLayer3 = (header >>> 17 & 3) == 1;
        if (header >>> 21 != 0x7ff || version == 1 || !isLayer3) {
            return null;
        }
        boolean isFirstVersion = version == 3;
        int kilobits = (isFirstVersion ? RATES_1 : RATES_2)[header >>> 12 & 15];
        int samples = SAMPLES_A_SECOND[header >>> 10 & 3] / (isFirstVersion ? 1 : version == 2 ? 2 : 4);
        if (kilobits == 0 || samples == 0) {
            return null;
        }
        boolean isMono = (header >>> 6 & 3) == 3;
        int sideInfo = isFirstVersion ? isMono ? 17 : 32 : isMono ? 9 : 17;
        return new Frame(position, kilobits * 1000, samples, isFirstVersion ? 1152 : 576, sideInfo);
    }

    /** What a first frame says, in the words of Xing and LAME or in those of Fraunhofer; 0 when it says nothing. */
    private static long toldFrames(FileBytes file, Frame first) throws IOException {
        long xing = first.start() + 4 + first.sideInfo();
        if (!file.endsBefore(xing + 12)) {
            ByteBuffer words = file.at(xing, 12);
            String kind = StandardCharsets.ISO_8859_1
                    .decode(words.duplicate().limit(4))
                    .toString();
            if ((kind.equals("Xing") || kind.equals("Info")) && (words.getInt(4) & 1) == 1) {
                return words.getInt(8) & 0xffffffffL;
            }
        }
        long vbri = first.start() + 4 + 32;
        if (!file.endsBefore(vbri + 18)) {
            ByteBuffer words = file.at(vbri, 18);
            String kind = StandardCharsets.ISO_8859_1
                    .decode(words.duplicate().limit(4))
                    .toString();
            return kind.equals("VBRI") ? words.getInt(14) & 0xffffffffL : 0;
        }
        return 0;
    }
}
