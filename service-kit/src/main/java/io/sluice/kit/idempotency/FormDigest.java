package io.sluice.kit.idempotency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * The digest of a multipart form (RFC 2046 §5.1.1) that streams by; nothing of it is kept. Clients make a new boundary
 * for every attempt, so it is a digest of what is between the boundaries, with what stands there told apart: the same
 * parts in the same order, with the same headers and bytes, give the same digest whatever the boundary is.
 */
final class FormDigest {

    private static final String LINE_END = "\r\n";
    private static final int NOT_AFTER_DELIMITER = -1;

    private final byte[] delimiter;

    /** For the search of Knuth, Morris and Pratt: where to go on in the delimiter when the next byte is another. */
    private final int[] fallback;

    private final Digest whole = new Digest();
    private Digest part = new Digest();
    private int matched = LINE_END.length();
    private int dashes = NOT_AFTER_DELIMITER;
    private long length;
    private volatile @Nullable String value;

    FormDigest(String boundary) {
        this.delimiter = (LINE_END + "--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        this.fallback = fallback(delimiter);
    }

    private static int[] fallback(byte[] delimiter) {
        int[] fallback = new int[delimiter.length];
        int prefix = 0;
        for (int end = 1; end < delimiter.length; end++) {
            while (prefix > 0 && delimiter[end] != delimiter[prefix]) {
                prefix = fallback[prefix - 1];
            }
            if (delimiter[end] == delimiter[prefix]) {
                prefix++;
            }
            fallback[end] = prefix;
        }
        return fallback;
    }

    /** Looks at some more of the form and leaves the buffer as it is. */
    void read(DataBuffer buffer) {
        ByteBuffer bytes = ByteBuffer.allocate(buffer.readableByteCount());
        buffer.toByteBuffer(bytes);
        read(bytes.array());
    }

    void read(byte[] bytes) {
        length += bytes.length;
        // What a match in progress turns out not to be is content, too, and so is a dash behind a delimiter.
        byte[] content = new byte[bytes.length + delimiter.length + 1];
        int size = 0;
        for (byte next : bytes) {
            if (value != null) {
                return;
            }
            if (dashes != NOT_AFTER_DELIMITER) {
                if (next == '-') {
                    endAfterTwo();
                    continue;
                }
                if (dashes == 1) {
                    content[size++] = '-';
                }
                dashes = NOT_AFTER_DELIMITER;
            }
            while (matched > 0 && next != delimiter[matched]) {
                int shorter = fallback[matched - 1];
                System.arraycopy(delimiter, 0, content, size, matched - shorter);
                size += matched - shorter;
                matched = shorter;
            }
            if (next != delimiter[matched]) {
                content[size++] = next;
            } else if (++matched == delimiter.length) {
                part.add(content, size);
                size = 0;
                endPart();
            }
        }
        part.add(content, size);
    }

    private void endPart() {
        whole.part(part.value());
        part = new Digest();
        matched = 0;
        dashes = 0;
    }

    private void endAfterTwo() {
        if (++dashes == 2) {
            value = whole.value();
        }
    }

    /** Of the whole form; empty before its last boundary has come. */
    Optional<String> value() {
        return Optional.ofNullable(value);
    }

    /** How many bytes have come by. */
    long length() {
        return length;
    }
}
