package io.sluice.itemservice.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.tika.mime.MimeTypes;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Whether the beginning of a file could be one that Tika knows. Tika tries its 850 rules one after the other, some of them at
 * thousands of places, which takes most of a millisecond; this finds by the first bytes which of them are worth trying. It reads
 * the same rules, and where it is not sure it says yes: no file that Tika knows is missed.
 */
final class MagicNumbers {

    private static final String RULES = "tika-mimetypes.xml";

    /** As far as Tika lets a regular expression look. */
    private static final int LONGEST_EXPRESSION = 8 * 1024;

    private static final int BYTES = 256;

    /** The rules for each place at which something is looked for, by the byte there. */
    private final Map<Integer, Rule[][]> atPlaces = new TreeMap<>();

    /** The rules for something that may be anywhere within some range, by its first byte. */
    private final Rule[][] anywhere = none();

    private int last;

    /** Something that is looked for from one place to another. */
    private interface Rule {

        int from();

        int to();

        /** Whether something that begins with this byte may fit. */
        boolean begins(int first);

        boolean fits(Beginning beginning, int at);
    }

    /** Bytes that have to be there, as far as the mask says. */
    private record Bytes(int from, int to, byte[] wanted, byte[] mask, boolean ignoresCase) implements Rule {

        @Override
        public boolean begins(int first) {
            return wanted.length == 0 || fits((byte) first, 0);
        }

        @Override
        public boolean fits(Beginning beginning, int at) {
            byte[] bytes = beginning.bytes;
            if (at + wanted.length > bytes.length) {
                return false;
            }
            for (int index = 0; index < wanted.length; index++) {
                if (!fits(bytes[at + index], index)) {
                    return false;
                }
            }
            return true;
        }

        private boolean fits(byte one, int index) {
            int found = ignoresCase ? Character.toLowerCase(one & 0xff) : one;
            return (byte) (found & mask[index]) == (byte) (wanted[index] & mask[index]);
        }
    }

    /** @param pairs of the first two bytes that may fit, each as one number */
    private record Expression(int from, int to, Pattern pattern, BitSet firsts, BitSet pairs) implements Rule {

        static Expression of(int from, int to, Pattern pattern) {
            BitSet firsts = new BitSet();
            BitSet pairs = new BitSet();
            for (char first = 0; first < BYTES; first++) {
                if (mayFit(pattern, String.valueOf(first))) {
                    firsts.set(first);
                    for (char second = 0; second < BYTES; second++) {
                        pairs.set(first * BYTES + second, mayFit(pattern, "" + first + second));
                    }
                }
            }
            return new Expression(from, to, pattern, firsts, pairs);
        }

        /** What has looked for more behind the end could have found it. */
        private static boolean mayFit(Pattern pattern, String beginning) {
            Matcher matcher = pattern.matcher(beginning);
            return matcher.lookingAt() || matcher.hitEnd();
        }

        @Override
        public boolean begins(int first) {
            return firsts.get(first);
        }

        @Override
        public boolean fits(Beginning beginning, int at) {
            byte[] bytes = beginning.bytes;
            if (at + 1 < bytes.length && !pairs.get((bytes[at] & 0xff) * BYTES + (bytes[at + 1] & 0xff))) {
                return false;
            }
            String text = beginning.text();
            return pattern.matcher(text)
                    .region(at, Math.min(text.length(), at + LONGEST_EXPRESSION))
                    .lookingAt();
        }
    }

    private static final class Beginning {

        private final byte[] bytes;
        private String text = "";

        Beginning(byte[] bytes) {
            this.bytes = bytes;
        }

        /** A character for each byte. */
        String text() {
            if (text.isEmpty()) {
                text = new String(bytes, StandardCharsets.ISO_8859_1);
            }
            return text;
        }
    }

    private MagicNumbers() {}

    /** Reads the rules of Tika. */
    static MagicNumbers ofTika() {
        try (InputStream rules = Objects.requireNonNull(MimeTypes.class.getResourceAsStream(RULES))) {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            NodeList magics = factory.newDocumentBuilder()
                    .parse(rules)
                    .getDocumentElement()
                    .getElementsByTagName("magic");
            MagicNumbers numbers = new MagicNumbers();
            for (int index = 0; index < magics.getLength(); index++) {
                rulesIn(magics.item(index)).forEach(numbers::add);
            }
            return numbers;
        } catch (IOException | SAXException | ParserConfigurationException unreadable) {
            throw new IllegalStateException("The rules of Tika cannot be read", unreadable);
        }
    }

    /** What is beside each other is one or the other. */
    private static List<Rule> rulesIn(Node parent) {
        List<Rule> rules = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element match && match.getTagName().equals("match")) {
                // What is within it only narrows it down.
                if (match.hasAttribute("value")) {
                    rules.add(rule(match));
                } else {
                    rules.addAll(rulesIn(match));
                }
            }
        }
        return rules;
    }

    private static Rule rule(Element match) {
        String type = match.hasAttribute("type") ? match.getAttribute("type") : "string";
        String offset = match.hasAttribute("offset") ? match.getAttribute("offset") : "0";
        int colon = offset.indexOf(':');
        int from = Integer.parseInt(colon < 0 ? offset : offset.substring(0, colon));
        int to = colon < 0 ? from : Integer.parseInt(offset.substring(colon + 1));
        byte[] wanted = decoded(match.getAttribute("value"), type);
        if (type.equals("regex")) {
            return Expression.of(from, to, Pattern.compile(new String(wanted, StandardCharsets.UTF_8)));
        }
        byte[] mask = new byte[wanted.length];
        Arrays.fill(mask, (byte) 0xff);
        if (match.hasAttribute("mask")) {
            byte[] given = decoded(match.getAttribute("mask"), type);
            System.arraycopy(given, 0, mask, 0, Math.min(mask.length, given.length));
        }
        return new Bytes(from, to, wanted, mask, type.equals("stringignorecase"));
    }

    private void add(Rule rule) {
        Rule[][] rules = rule.from() == rule.to() ? atPlaces.computeIfAbsent(rule.from(), place -> none()) : anywhere;
        for (int first = 0; first < BYTES; first++) {
            if (rule.begins(first)) {
                rules[first] = Arrays.copyOf(rules[first], rules[first].length + 1);
                rules[first][rules[first].length - 1] = rule;
            }
        }
        if (rule.from() != rule.to()) {
            last = Math.max(last, rule.to());
        }
    }

    private static Rule[][] none() {
        return new Rule[BYTES][0];
    }

    /** Whether Tika may know files that begin so; false when it does not. */
    boolean mayKnow(byte[] beginning) {
        Beginning looked = new Beginning(beginning);
        for (Map.Entry<Integer, Rule[][]> place : atPlaces.entrySet()) {
            int at = place.getKey();
            if (at < beginning.length && isAny(place.getValue()[beginning[at] & 0xff], looked, at)) {
                return true;
            }
        }
        int end = Math.min(beginning.length - 1, last);
        for (int at = 0; at <= end; at++) {
            Rule[] rules = anywhere[beginning[at] & 0xff];
            if (rules.length > 0 && isAny(rules, looked, at)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAny(Rule[] rules, Beginning looked, int at) {
        for (Rule rule : rules) {
            if (at >= rule.from() && at <= rule.to() && rule.fits(looked, at)) {
                return true;
            }
        }
        return false;
    }

    // --- How Tika writes them

    static byte[] decoded(String value, String type) {
        boolean isHex = value.startsWith("0x");
        return switch (type) {
            case "string", "regex" -> isHex ? hex(value) : bytes(unescaped(value));
            case "stringignorecase" -> {
                String lower = value.toLowerCase(Locale.ROOT);
                yield isHex ? hex(lower) : bytes(unescaped(lower));
            }
            case "unicodeLE" -> isHex ? hex(value) : unescaped(value).getBytes(StandardCharsets.UTF_16LE);
            case "unicodeBE" -> isHex ? hex(value) : unescaped(value).getBytes(StandardCharsets.UTF_16BE);
            case "host16", "little16" -> number(value, 2, false);
            case "big16" -> number(value, 2, true);
            case "host32", "little32" -> number(value, 4, false);
            case "big32" -> number(value, 4, true);
            default -> throw new IllegalStateException("The rules of Tika have the unknown type " + type);
        };
    }

    private static byte[] hex(String value) {
        byte[] bytes = new byte[(value.length() - 2) / 2];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) Integer.parseInt(value.substring(2 + 2 * index, 4 + 2 * index), 16);
        }
        return bytes;
    }

    private static byte[] number(String value, int count, boolean isBig) {
        long number = value.startsWith("0x") ? Long.parseLong(value.substring(2), 16) : Long.parseLong(value, 8);
        byte[] bytes = new byte[count];
        for (int index = 0; index < count; index++) {
            bytes[isBig ? count - 1 - index : index] = (byte) (number >> 8 * index);
        }
        return bytes;
    }

    private static byte[] bytes(String characters) {
        byte[] bytes = new byte[characters.length()];
        for (int index = 0; index < bytes.length; index++) {
            bytes[index] = (byte) characters.charAt(index);
        }
        return bytes;
    }

    private static String unescaped(String value) {
        StringBuilder plain = new StringBuilder();
        int index = 0;
        while (index < value.length()) {
            char one = value.charAt(index++);
            if (one != '\\') {
                plain.append(one);
                continue;
            }
            char next = value.charAt(index);
            if (next == 'x') {
                plain.append((char) Integer.parseInt(value.substring(index + 1, index + 3), 16));
                index += 3;
            } else if (Character.isDigit(next)) {
                int end = index;
                while (end < index + 3 && end < value.length() && Character.isDigit(value.charAt(end))) {
                    end++;
                }
                plain.append((char) (Integer.parseInt(value.substring(index, end), 8) & 0xff));
                index = end;
            } else if (next == '\\' || next == 'r' || next == 'n') {
                plain.append(next == 'r' ? '\r' : next == 'n' ? '\n' : next);
                index++;
            } else {
                // So Tika reads it.
                plain.append('\0');
            }
        }
        return plain.toString();
    }
}
