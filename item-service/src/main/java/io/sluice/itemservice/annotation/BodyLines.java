package io.sluice.itemservice.annotation;

import io.sluice.kit.web.WholeBody;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The lines of a body, some at a time, cut while it comes: no more of it is held than these. */
final class BodyLines {

    /** As long as a line may be, in bytes; of a longer one only its number is told. */
    static final int LONGEST = 8 * 1024 * 1024;

    private static final int MOST_LINES = 1_000;
    private static final int MOST_BYTES = 1024 * 1024;

    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private boolean isTooLong;
    private long number = 1;
    private List<Line> lines = new ArrayList<>();
    private long bytes;

    private BodyLines() {}

    /**
     * A part of a body between two line feeds.
     *
     * @param number from 1, counting those that are left out because nothing is in them
     * @param bytes in which it lies
     * @param isTooLong whether it was longer than {@link #LONGEST}, so that it is not there
     */
    record Line(long number, byte[] bytes, int offset, int length, boolean isTooLong) {}

    static Flux<List<Line>> of(Flux<DataBuffer> body) {
        return Flux.defer(() -> {
                    BodyLines cut = new BodyLines();
                    return body.concatMapIterable(cut::next, 1).concatWith(Mono.fromSupplier(cut::last));
                })
                .filter(some -> !some.isEmpty())
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    private List<List<Line>> next(DataBuffer buffer) {
        List<List<Line>> full = new ArrayList<>();
        byte[] piece = WholeBody.bytesOf(buffer);
        int start = 0;
        for (int index = 0; index < piece.length; index++) {
            if (piece[index] == '\n') {
                end(piece, start, index);
                start = index + 1;
                if (lines.size() >= MOST_LINES || bytes >= MOST_BYTES) {
                    full.add(taken());
                }
            }
        }
        begin(piece, start, piece.length);
        return full;
    }

    private void begin(byte[] piece, int start, int end) {
        if (isTooLong || begun.size() + end - start > LONGEST) {
            isTooLong = true;
            begun.reset();
        } else {
            begun.write(piece, start, end - start);
        }
    }

    private void end(byte[] piece, int start, int end) {
        if (begun.size() == 0 && !isTooLong && end - start <= LONGEST) {
            add(piece, start, end);
        } else {
            begin(piece, start, end);
            byte[] whole = begun.toByteArray();
            add(whole, 0, whole.length);
            begun.reset();
            isTooLong = false;
        }
        number++;
    }

    private void add(byte[] in, int start, int end) {
        if (isTooLong || !isBlank(in, start, end)) {
            lines.add(new Line(number, in, start, end - start, isTooLong));
            bytes += end - start;
        }
    }

    private static boolean isBlank(byte[] in, int start, int end) {
        for (int index = start; index < end; index++) {
            if (in[index] != ' ' && in[index] != '\t' && in[index] != '\r') {
                return false;
            }
        }
        return true;
    }

    private List<Line> taken() {
        List<Line> some = lines;
        lines = new ArrayList<>();
        bytes = 0;
        return some;
    }

    private List<Line> last() {
        end(new byte[0], 0, 0);
        return taken();
    }
}
