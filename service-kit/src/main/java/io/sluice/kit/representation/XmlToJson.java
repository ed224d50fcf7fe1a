package io.sluice.kit.representation;

import io.sluice.kit.error.Problem;
import java.io.CharArrayReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * Reads what {@link JsonToXml} writes, and what a person would write after its manner: an element without a {@code type}
 * is an object when it has elements in it, else a text. Every failure is {@link Problem#MALFORMED_REQUEST} and says where.
 *
 * <p>No document type declaration is read, so there are no entities but XML's own five. Elements, levels and attributes
 * are bounded while they are read.
 */
final class XmlToJson {

    /** As many elements as a body may have: more than any page of 1,000 entries needs. */
    static final int MOST_ELEMENTS = 200_000;

    /** As deep as JSON may nest; a text in the deepest object is one deeper. */
    static final int DEEPEST = 90;

    private static final int MOST_ATTRIBUTES = 8;
    private static final int LONGEST_NUMBER = 1000;
    private static final int LONGEST_QUOTE = 200;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*+)(\\.[0-9]++)?([eE][+-]?[0-9]++)?");
    private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii", "ascii");

    private enum Type {
        /** Not said, and not yet known. */
        OPEN,
        OBJECT,
        ARRAY,
        STRING,
        NUMBER,
        BOOLEAN,
        NULL
    }

    private static final class Element {
        private final String label;
        private Type type;
        private final boolean isEscaped;
        private final StringBuilder text = new StringBuilder(0);
        private final Set<String> names = new HashSet<>(0);
        private int entries;

        Element(String label, Type type, boolean isEscaped) {
            this.label = label;
            this.type = type;
            this.isEscaped = isEscaped;
        }
    }

    private final XMLStreamReader reader;
    private final StringBuilder json;
    private final Deque<Element> open = new ArrayDeque<>();
    private int elements;

    private XmlToJson(XMLStreamReader reader, int expected) {
        this.reader = reader;
        this.json = new StringBuilder(expected);
    }

    /** Whether bodies of that charset can be read; null is the default. */
    static boolean isReadable(@Nullable String charset) {
        return charset == null || CHARSETS.contains(charset.toLowerCase(Locale.ROOT));
    }

    /** @throws ErrorResponseException {@link Problem#MALFORMED_REQUEST} */
    static byte[] convert(byte[] xml) {
        CharBuffer text = decoded(xml);
        // A byte order mark may stand before the declaration.
        int start = text.length() > 0 && text.charAt(0) == '\uFEFF' ? 1 : 0;
        @Nullable XMLStreamReader reader = null;
        try {
            reader = factory().createXMLStreamReader(new CharArrayReader(text.array(), start, text.length() - start));
            return new XmlToJson(reader, xml.length).converted();
        } catch (XMLStreamException failure) {
            throw notWellFormed(failure);
        } finally {
            close(reader);
        }
    }

    private static void close(@Nullable XMLStreamReader reader) {
        try {
            if (reader != null) {
                reader.close();
            }
        } catch (XMLStreamException alreadyBroken) {
            // Nothing is held open: the text is in memory.
        }
    }

    private static CharBuffer decoded(byte[] xml) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(xml));
        } catch (CharacterCodingException failure) {
            throw Problem.MALFORMED_REQUEST.with("The body is not UTF-8, the one charset in which XML is read here");
        }
    }

    /** One for each body: a shared one keeps the last reader, and with it the last body. */
    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        // Prefixes have no meaning here; declarations of them count as attributes that way.
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, false);
        factory.setProperty("jdk.xml.elementAttributeLimit", Integer.toString(MOST_ATTRIBUTES));
        return factory;
    }

    private static ErrorResponseException notWellFormed(XMLStreamException failure) {
        String place = failure.getLocation() == null
                ? ""
                : " at line " + failure.getLocation().getLineNumber() + ", column "
                        + failure.getLocation().getColumnNumber();
        return Problem.MALFORMED_REQUEST.with("The body is not well-formed XML" + place);
    }

    private byte[] converted() throws XMLStreamException {
        requireKnownForm();
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> start();
                case XMLStreamConstants.END_ELEMENT -> end();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> text();
                case XMLStreamConstants.DTD -> throw refused("must not have a document type declaration");
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw refused("must not refer to an entity but amp, lt, gt, quot and apos");
                default -> {
                    // Comments and processing instructions say nothing here.
                }
            }
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void requireKnownForm() {
        if (!isReadable(reader.getCharacterEncodingScheme())) {
            throw refused("must be UTF-8, the one charset in which XML is read here");
        }
        if (reader.getVersion() != null && !reader.getVersion().equals("1.0")) {
            throw refused("must be XML 1.0");
        }
    }

    private void start() {
        if (++elements > MOST_ELEMENTS) {
            throw refused("must have at most " + MOST_ELEMENTS + " elements");
        }
        if (open.size() > DEEPEST) {
            throw refused("must nest at most " + DEEPEST + " levels");
        }
        String tag = reader.getLocalName();
        @Nullable String name = null;
        @Nullable String type = null;
        boolean isEscaped = false;
        boolean isNameEscaped = false;
        for (int at = 0; at < reader.getAttributeCount(); at++) {
            String value = reader.getAttributeValue(at);
            switch (attribute(at)) {
                case "name" -> name = value;
                case "type" -> type = value;
                case "escaped" -> isEscaped = isTrue(tag, value);
                case "escapedName" -> isNameEscaped = isTrue(tag, value);
                default ->
                    throw refused("has an element " + quoted(tag) + " with an attribute "
                            + quoted(attribute(at))
                            + "; known are type, name, escaped and escapedName");
            }
        }
        if (name != null && !tag.equals(JsonToXml.MEMBER)) {
            throw refused("has a name at the element " + quoted(tag) + "; only " + JsonToXml.MEMBER + " has one");
        }
        String label = placed(tag, name == null || !isNameEscaped ? name : unescaped(name));
        Element element = new Element(label, typeOf(label, type), isEscaped);
        open.push(element);
        if (element.type == Type.OBJECT) {
            json.append('{');
        } else if (element.type == Type.ARRAY) {
            json.append('[');
        }
    }

    /** As it is written: a prefix is a part of the name. */
    private String attribute(int at) {
        String prefix = reader.getAttributePrefix(at);
        String name = reader.getAttributeLocalName(at);
        return prefix == null || prefix.isEmpty() ? name : prefix + ":" + name;
    }

    /** Where an element stands in the JSON: writes what comes before its value, and returns what messages call it. */
    private String placed(String tag, @Nullable String name) {
        Element parent = open.peek();
        if (parent == null) {
            if (!tag.equals(JsonToXml.ROOT) || name != null) {
                throw refused("must have the root element " + JsonToXml.ROOT + ", not " + quoted(tag));
            }
            return "";
        }
        if (parent.type == Type.OPEN) {
            parent.type = Type.OBJECT;
            requireBlank(parent);
            json.append('{');
        }
        if (parent.type == Type.ARRAY) {
            if (!tag.equals(JsonToXml.ENTRY) || name != null) {
                throw refused("must hold entries called " + JsonToXml.ENTRY + ", not " + quoted(tag));
            }
            json.append(parent.entries > 0 ? "," : "");
            return "[" + parent.entries++ + "]";
        }
        if (parent.type != Type.OBJECT) {
            throw refused("must hold no elements, being a " + parent.type.name().toLowerCase(Locale.ROOT));
        }
        String key = name == null ? tag : name;
        if (name == null && !JsonToXml.isPlainName(tag)) {
            throw refused(
                    "has an element " + quoted(tag) + "; such a key is written <" + JsonToXml.MEMBER + " name=…>");
        }
        if (!parent.names.add(key)) {
            throw refused("has " + quoted(key) + " twice; entries of a list are " + JsonToXml.ENTRY
                    + " elements in one of type=\"array\"");
        }
        json.append(parent.names.size() > 1 ? "," : "");
        string(key);
        json.append(':');
        return key;
    }

    private void text() {
        Element element = open.peek();
        if (element != null) {
            element.text.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
            if (element.type == Type.OBJECT || element.type == Type.ARRAY) {
                requireBlank(element);
            }
        }
    }

    /** Between elements there is room to write them in lines, and for nothing else. */
    private void requireBlank(Element element) {
        if (!element.text.toString().isBlank()) {
            throw refused("must not have a text beside its elements");
        }
        element.text.setLength(0);
    }

    private void end() {
        Element element = open.getFirst();
        String text = element.text.toString();
        switch (element.type) {
            case OBJECT -> json.append('}');
            case ARRAY -> json.append(']');
            case OPEN, STRING -> string(element.isEscaped ? unescaped(text) : text);
            case NUMBER -> json.append(number(text.strip()));
            case BOOLEAN -> json.append(truth(text.strip()));
            case NULL -> {
                requireBlank(element);
                json.append("null");
            }
        }
        open.pop();
    }

    private String number(String text) {
        if (text.length() > LONGEST_NUMBER || !NUMBER.matcher(text).matches()) {
            throw refused("must be a number as JSON has them, of at most " + LONGEST_NUMBER + " characters");
        }
        return text;
    }

    private String truth(String text) {
        if (!text.equals("true") && !text.equals("false")) {
            throw refused("must be true or false");
        }
        return text;
    }

    private Type typeOf(String label, @Nullable String type) {
        return switch (type == null ? "" : type) {
            case "" -> Type.OPEN;
            case "object" -> Type.OBJECT;
            case "array" -> Type.ARRAY;
            case "string" -> Type.STRING;
            case "number" -> Type.NUMBER;
            case "boolean" -> Type.BOOLEAN;
            case "null" -> Type.NULL;
            default ->
                throw refused("has " + (label.isEmpty() ? "a root" : quoted(label)) + " of the type "
                        + quoted(String.valueOf(type))
                        + "; known are object, array, string, number, boolean and null");
        };
    }

    private boolean isTrue(String tag, String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw refused("has an element " + quoted(tag) + " that is neither escaped nor not: " + quoted(value));
        }
        return value.equals("true");
    }

    private String unescaped(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            at++;
            char escape = at < text.length() ? text.charAt(at) : ' ';
            if (escape == 'u') {
                plain.append(codeUnit(text, at + 1));
                at += 4;
            } else {
                plain.append(shortEscape(escape));
            }
        }
        return plain.toString();
    }

    private char codeUnit(String text, int start) {
        int unit = 0;
        for (int at = start; at < start + 4; at++) {
            int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
            if (digit < 0) {
                throw refused("has an escape that is not \\u and four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    private char shortEscape(char escape) {
        return switch (escape) {
            case '\\', '"', '/' -> escape;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw refused("has an escape that JSON does not know");
        };
    }

    private void string(String text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            boolean isPair = Character.isHighSurrogate(c)
                    && at + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(at + 1));
            if (isPair) {
                json.append(c).append(text.charAt(++at));
            } else if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                JsonToXml.appendUnicodeEscape(json, c);
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    /** Names the place in the words of JSON, such as {@code members[0].role}. */
    private ErrorResponseException refused(String message) {
        StringBuilder path = new StringBuilder();
        for (Iterator<Element> outermostFirst = open.descendingIterator(); outermostFirst.hasNext(); ) {
            String label = outermostFirst.next().label;
            path.append(path.isEmpty() || label.startsWith("[") ? "" : ".").append(label);
        }
        return path.isEmpty()
                ? Problem.MALFORMED_REQUEST.with("The body " + message)
                : Problem.MALFORMED_REQUEST.at(shortened(path.toString()), message);
    }

    private static String quoted(String words) {
        return "'" + shortened(words) + "'";
    }

    private static String shortened(String words) {
        return words.length() <= LONGEST_QUOTE ? words : words.substring(0, LONGEST_QUOTE) + "…";
    }
}
