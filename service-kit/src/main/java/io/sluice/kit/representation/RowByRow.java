package io.sluice.kit.representation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;

/** A list that may be longer than anything can hold at once, so that its rows leave one by one in every form. */
public final class RowByRow {

    /** The server takes 128 buffers ahead of a slow client, however large they are. */
    private static final int LARGEST_BUFFER = 64 * 1024;

    private RowByRow() {}

    /**
     * Says before the first byte that the JSON array to be written is such a list.
     *
     * @param columns the members of its entries that are the columns of the CSV, because rows to come cannot be asked;
     *     objects in them are cells of JSON
     */
    public static void answer(ServerHttpResponse response, List<String> columns) {
        ServerHttpResponse inner = response;
        while (inner instanceof ServerHttpResponseDecorator decorator) {
            if (decorator instanceof Answer answer) {
                answer.rowByRow(columns);
                return;
            }
            inner = decorator.getDelegate();
        }
    }

    /** The bytes in buffers of which many may wait for a slow client. */
    public static Flux<DataBuffer> inBuffers(Flux<byte[]> bytes, DataBufferFactory buffers) {
        return bytes.concatMapIterable(some -> buffers(some, buffers), 1);
    }

    private static List<DataBuffer> buffers(byte[] bytes, DataBufferFactory buffers) {
        List<DataBuffer> some = new ArrayList<>();
        for (int start = 0; start < bytes.length; start += LARGEST_BUFFER) {
            some.add(buffers.wrap(Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + LARGEST_BUFFER))));
        }
        return some;
    }
}
