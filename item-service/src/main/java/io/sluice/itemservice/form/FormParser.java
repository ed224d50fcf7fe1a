package io.sluice.itemservice.form;

import io.sluice.kit.error.Problem;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;

/**
 * Cuts a form into its parts (RFC 2046 §5.1.1, RFC 7578) as it comes, without copying what is in them. Not to be shared.
 *
 * <p>A large file is nearly all of a form, and to look at each of its bytes costs more than to keep them; hence the search
 * of Horspool, which looks at one byte in as many as the boundary has. Only the first character of a delimiter is a carriage
 * return: where it stops to match, what was taken for its beginning is content, and the search begins anew behind it.
 */
public final class FormParser {

    /** As many bytes as the headers of one part may have. */
    static final int LONGEST_HEADERS = 8 * 1024;

    /** White space that may follow a boundary. */
    private static final int LONGEST_PADDING = 128;

    private static final int LINE_BREAK = 2;
    private static final int ONE_LINE_BREAK = 0x0d0a;
    private static final int TWO_LINE_BREAKS = 0x0d0a0d0a;

    /** RFC 2046 §5.1.1. */
    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]");

    private enum State {
        PREAMBLE,
        AFTER_BOUNDARY,
        HEADERS,
        CONTENT,
        EPILOGUE
    }

    private final byte[] delimiter;
    private final int[] shifts = new int[256];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private State state = State.PREAMBLE;

    /** As many bytes of the delimiter as came at the end of what was parsed. */
    private int matched = LINE_BREAK;

    /** As many of these as are no content: the first boundary needs no line break, and an empty part none but its headers'. */
    private int implied = LINE_BREAK;

    /** The last four bytes of a line. */
    private int recent;

    private @Nullable FormPart part;

    private FormParser(String boundary) {
        delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(shifts, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            shifts[delimiter[i]] = delimiter.length - 1 - i;
        }
    }

    /** @param type of the request */
    public static FormParser of(@Nullable MediaType type) {
        return Optional.ofNullable(type)
                .map(form -> form.getParameter("boundary"))
                .map(FormParser::unquoted)
                .filter(boundary -> BOUNDARY.matcher(boundary).matches())
                .map(FormParser::new)
                .orElseThrow(() -> Problem.MALFORMED_REQUEST.with(
                        "The Content-Type of a form must name its boundary: multipart/form-data; boundary=…"));
    }

    private static String unquoted(String parameter) {
        return parameter.length() > 1 && parameter.startsWith("\"") && parameter.endsWith("\"")
                ? parameter.substring(1, parameter.length() - 1)
                : parameter;
    }

    /**
     * What some more bytes of the form bring.
     *
     * @param bytes taken over
     */
    public List<FormEvent> parse(DataBuffer bytes) {
        List<FormEvent> events = new ArrayList<>();
        try {
            while (bytes.readableByteCount() > 0) {
                switch (state) {
                    case PREAMBLE, CONTENT -> readContent(bytes, events);
                    case AFTER_BOUNDARY -> readPadding(bytes.read());
                    case HEADERS -> readHeader(bytes.read());
                    case EPILOGUE -> bytes.readPosition(bytes.writePosition());
                }
            }
            return events;
        } catch (RuntimeException malformed) {
            events.forEach(event -> DataBufferUtils.release(event.content()));
            throw malformed;
        } finally {
            DataBufferUtils.release(bytes);
        }
    }

    /** To be called when no more bytes come. */
    public void end() {
        if (state != State.EPILOGUE) {
            throw Problem.MALFORMED_REQUEST.with("The form ends before its last boundary");
        }
    }

    private void readContent(DataBuffer bytes, List<FormEvent> events) {
        if (matched > 0 && !matchesOn(bytes)) {
            add(events, bytes.factory().wrap(Arrays.copyOfRange(delimiter, implied, matched)), false);
            matched = 0;
            implied = 0;
        }
        if (matched == 0) {
            int start = find(bytes);
            matched = Math.min(delimiter.length, bytes.writePosition() - start);
            add(events, bytes.split(start), matched == delimiter.length);
            bytes.readPosition(bytes.readPosition() + matched);
        } else if (matched == delimiter.length) {
            add(events, bytes.factory().wrap(new byte[0]), true);
        }
        if (matched == delimiter.length) {
            part = null;
            begin(State.AFTER_BOUNDARY);
        }
    }

    /** Takes what goes on with a delimiter that has begun before; false, and nothing taken, when it does not. */
    private boolean matchesOn(DataBuffer bytes) {
        int more = Math.min(delimiter.length - matched, bytes.readableByteCount());
        for (int i = 0; i < more; i++) {
            if (bytes.getByte(bytes.readPosition() + i) != delimiter[matched + i]) {
                return false;
            }
        }
        bytes.readPosition(bytes.readPosition() + more);
        matched += more;
        return true;
    }

    /** Where the delimiter is, or else where one begins that may go on behind the bytes, or else their end. */
    private int find(DataBuffer bytes) {
        int last = delimiter.length - 1;
        int end = bytes.writePosition();
        int start = bytes.readPosition();
        while (start + last < end) {
            byte compared = bytes.getByte(start + last);
            if (compared == delimiter[last] && isAt(bytes, start, last)) {
                return start;
            }
            start += shifts[compared & 0xff];
        }
        while (start < end && !isAt(bytes, start, end - start)) {
            start++;
        }
        return start;
    }

    private boolean isAt(DataBuffer bytes, int start, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(start + i) != delimiter[i]) {
                return false;
            }
        }
        return true;
    }

    private void add(List<FormEvent> events, DataBuffer content, boolean isLast) {
        if (part == null || (content.readableByteCount() == 0 && !isLast)) {
            DataBufferUtils.release(content);
        } else {
            events.add(new FormEvent(part, content, isLast));
        }
    }

    private void begin(State next) {
        state = next;
        line.reset();
        recent = 0;
        matched = LINE_BREAK;
        implied = LINE_BREAK;
    }

    private void remember(byte next) {
        line.write(next);
        recent = recent << 8 | next & 0xff;
    }

    /** Two hyphens end the form; else the line ends, and a part begins. */
    private void readPadding(byte next) {
        byte before = (byte) recent;
        remember(next);
        if (line.size() == 2 && before == '-' && next == '-') {
            begin(State.EPILOGUE);
        } else if (before == '\r' && next == '\n') {
            begin(State.HEADERS);
        } else if (line.size() > LONGEST_PADDING || !mayFollowBoundary(before, next)) {
            throw Problem.MALFORMED_REQUEST.with("A boundary of the form is followed by something else than a part");
        }
    }

    private boolean mayFollowBoundary(byte before, byte next) {
        return next == '-'
                ? line.size() == 1
                : before != '-' && before != '\r' && (next == ' ' || next == '\t' || next == '\r');
    }

    private void readHeader(byte next) {
        remember(next);
        if (line.size() > LONGEST_HEADERS) {
            throw Problem.MALFORMED_REQUEST.with(
                    "The headers of a part of the form have more than " + LONGEST_HEADERS + " bytes");
        }
        if (recent == TWO_LINE_BREAKS || line.size() == LINE_BREAK && recent == ONE_LINE_BREAK) {
            part = FormPart.of(line.toString(StandardCharsets.UTF_8).strip());
            begin(State.CONTENT);
        }
    }
}
