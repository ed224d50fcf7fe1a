package io.sluice.itemservice.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** WAV: the chunks of a RIFF file, of which one says how many bytes a second has and another has them. */
final class Wav {

    private static final int MOST_CHUNKS = 10_000;
    private static final int FIRST_CHUNK = 12;
    private static final int BYTES_A_SECOND = 8;

    private Wav() {}

    static @Nullable MediaFacts read(FileBytes file) throws IOException {
        long position = FIRST_CHUNK;
        long rate = 0;
        for (int chunks = 0; chunks < MOST_CHUNKS && !file.endsBefore(position + 8); chunks++) {
            ByteBuffer header = file.at(position, 8).order(ByteOrder.LITTLE_ENDIAN);
            long size = header.getInt(4) & 0xffffffffL;
            String kind = StandardCharsets.ISO_8859_1.decode(header.limit(4)).toString();
            if (kind.equals("fmt ")) {
                rate = file.at(position + 8 + BYTES_A_SECOND, 4)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt()
                        & 0xffffffffL;
            } else if (kind.equals("data")) {
                // A recorder that could not say how long it would become has said as much as goes into the field.
                long there = Math.min(size, file.size() - position - 8);
                return rate == 0 ? null : MediaFacts.sound((double) there / rate);
            }
            position += 8 + size + (size & 1);
        }
        return null;
    }
}
