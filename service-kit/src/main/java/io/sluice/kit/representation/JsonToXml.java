package io.sluice.kit.representation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.async.ByteArrayFeeder;
import tools.jackson.core.json.JsonFactory;

/**
 * Spells a JSON text as XML, so that {@link XmlToJson} gives the same JSON again. A member is an element of its name, an
 * entry of an array is an {@code i} (as in RFC 9457, appendix B); {@code type} says what is not a text. A key that is no
 * plain name stands in {@code name}. A text with characters that XML 1.0 cannot hold is {@code escaped} as in JSON.
 *
 * <p>A problem has the root and the namespace of RFC 9457, and its {@code status} no {@code type}.
 */
final class JsonToXml {

    static final String HEAD = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

    /** The root of everything but problems. */
    static final String ROOT = "json";

    /** An entry of an array. */
    static final String ENTRY = "i";

    /** The element of a member whose key is no plain name. */
    static final String MEMBER = "member";

    private static final String PROBLEM = "problem";
    private static final String PROBLEM_START = PROBLEM + " xmlns=\"urn:ietf:rfc:7807\"";
    private static final Set<String> UNTYPED_IN_PROBLEMS = Set.of("status");

    private static final int LONGEST_NAME = 128;

    /** Our own answers: one that holds a document of the deepest kind is a few levels deeper than a body may be. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(1000)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final boolean isProblem;
    private final StringBuilder xml = new StringBuilder();
    private final Deque<Open> open = new ArrayDeque<>();
    private String key = "";

    /** Whether the start tag of the innermost object or array still lacks its end. */
    private boolean isEmpty;

    private record Open(String element, boolean isArray) {}

    private JsonToXml(JsonParser parser, boolean isProblem) {
        this.parser = parser;
        this.isProblem = isProblem;
        xml.append(HEAD);
    }

    /** Any answer. */
    static byte[] convert(byte[] json) {
        return convert(json, false);
    }

    /** A problem (RFC 9457). */
    static byte[] convertProblem(byte[] json) {
        return convert(json, true);
    }

    private static byte[] convert(byte[] json, boolean isProblem) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            JsonToXml translation = new JsonToXml(parser, isProblem);
            translation.xml.ensureCapacity(2 * json.length);
            translation.read();
            return translation.written();
        }
    }

    /** An answer that comes in pieces, which may end anywhere. */
    static final class Pieces {

        private final JsonParser parser = JSON.createNonBlockingByteArrayParser(ObjectReadContext.empty());
        private final ByteArrayFeeder input = (ByteArrayFeeder) parser.nonBlockingInputFeeder();
        private final JsonToXml translation = new JsonToXml(parser, false);

        /** The XML of as much as can be told so far; empty when that is nothing. */
        byte[] next(byte[] json) {
            if (json.length > 0) {
                input.feedInput(json, 0, json.length);
                translation.read();
            }
            return translation.written();
        }

        /** The rest, when the JSON has ended. */
        byte[] last() {
            input.endOfInput();
            translation.read();
            parser.close();
            return translation.written();
        }
    }

    private byte[] written() {
        byte[] written = xml.toString().getBytes(StandardCharsets.UTF_8);
        xml.setLength(0);
        return written;
    }

    private void read() {
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.NOT_AVAILABLE;
                token = parser.nextToken()) {
            switch (token) {
                case PROPERTY_NAME -> key = parser.getString();
                case START_OBJECT -> open("object", false);
                case START_ARRAY -> open("array", true);
                case END_OBJECT, END_ARRAY -> close();
                case VALUE_STRING -> text(parser.getString());
                case VALUE_NULL -> scalar("null", "");
                case VALUE_TRUE, VALUE_FALSE -> scalar("boolean", token.asString());
                default -> scalar("number", parser.getString());
            }
        }
    }

    private void open(String type, boolean isArray) {
        open.push(new Open(start(open.isEmpty() && isProblem ? null : type), isArray));
        isEmpty = true;
    }

    private void close() {
        String element = open.pop().element();
        if (isEmpty) {
            xml.append("/>");
        } else {
            end(element);
        }
        isEmpty = false;
    }

    private void text(String text) {
        String element = start(null);
        boolean isEscaped = !isXml(text);
        if (isEscaped) {
            xml.append(" escaped=\"true\"");
        }
        content(element, isEscaped ? escaped(text) : text);
    }

    private void scalar(String type, String text) {
        boolean isBare = isProblem && open.size() == 1 && UNTYPED_IN_PROBLEMS.contains(key);
        content(start(isBare ? null : type), text);
    }

    private void content(String element, String text) {
        if (text.isEmpty()) {
            xml.append("/>");
            return;
        }
        xml.append('>');
        append(text, false);
        end(element);
    }

    private void end(String element) {
        xml.append("</").append(element).append('>');
    }

    /** Everything of a start tag but its end. */
    private String start(@Nullable String type) {
        if (isEmpty) {
            xml.append('>');
            isEmpty = false;
        }
        String element;
        Open parent = open.peek();
        if (parent == null) {
            element = isProblem ? PROBLEM : ROOT;
            xml.append('<').append(isProblem ? PROBLEM_START : ROOT);
        } else if (parent.isArray()) {
            element = ENTRY;
            xml.append('<').append(ENTRY);
        } else if (isPlainName(key)) {
            element = key;
            xml.append('<').append(key);
        } else {
            element = MEMBER;
            boolean isEscaped = !isXml(key);
            xml.append('<').append(MEMBER).append(" name=\"");
            append(isEscaped ? escaped(key) : key, true);
            xml.append(isEscaped ? "\" escapedName=\"true\"" : "\"");
        }
        if (type != null) {
            xml.append(" type=\"").append(type).append('"');
        }
        return element;
    }

    /** Whether a key may be the name of an element: of ASCII, without a colon, not one of the names that XML keeps. */
    static boolean isPlainName(String key) {
        if (key.isEmpty() || key.length() > LONGEST_NAME || key.regionMatches(true, 0, "xml", 0, 3)) {
            return false;
        }
        for (int at = 0; at < key.length(); at++) {
            char c = key.charAt(at);
            boolean isLetter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
            boolean isLater = c >= '0' && c <= '9' || c == '-' || c == '.';
            if (!isLetter && (at == 0 || !isLater)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all characters are in XML 1.0 (§2.2). */
    private static boolean isXml(String text) {
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1))) {
                at++;
            } else if (!isXml(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isXml(char c) {
        return c >= ' ' && c < '\uFFFE' && !Character.isSurrogate(c) || c == '\t' || c == '\n' || c == '\r';
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(point -> {
            if (point == '\\') {
                escaped.append("\\\\");
            } else if (Character.isSupplementaryCodePoint(point) || isXml((char) point)) {
                escaped.appendCodePoint(point);
            } else {
                appendUnicodeEscape(escaped, (char) point);
            }
        });
        return escaped.toString();
    }

    static void appendUnicodeEscape(StringBuilder out, char c) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.append(Character.forDigit((c >> shift) & 0xF, 16));
        }
    }

    /** With references for what a parser would read differently. */
    private void append(String text, boolean isAttribute) {
        int done = 0;
        for (int at = 0; at < text.length(); at++) {
            String reference = reference(text.charAt(at), isAttribute);
            if (reference != null) {
                xml.append(text, done, at).append(reference);
                done = at + 1;
            }
        }
        xml.append(text, done, text.length());
    }

    private static @Nullable String reference(char c, boolean isAttribute) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '\r' -> "&#13;";
            case '"' -> isAttribute ? "&quot;" : null;
            case '\n' -> isAttribute ? "&#10;" : null;
            case '\t' -> isAttribute ? "&#9;" : null;
            default -> null;
        };
    }
}
