package io.sluice.kit.representation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappingTests {

    private static final int TREES = 3_000;
    private static final int DEEPEST = 6;

    /** Of each kind that could be read differently, some that no XML can hold. */
    private static final int[] CHARACTERS = {
        'a', 'Z', '_', '0', '-', '.', ':', ' ', '\t', '\n', '\r', '"', '\'', '<', '>', '&', ']', '\\', '/', 0, 1, 0x1F,
        0x7F, 0x85, 0xA0, 0xE9, 0x2028, 0xD800, 0xDFFF, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F418
    };

    private static final String[] NUMBERS = {
        "0",
        "-0",
        "1",
        "-17",
        "1.50",
        "1e5",
        "1E+05",
        "-0.0",
        "1E400",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
        "9007199254740993"
    };

    private static final String[] KEYS = {
        "",
        "i",
        "json",
        "member",
        "name",
        "type",
        "xml",
        "XmlThing",
        "a:b",
        "1st",
        "two words",
        "größe",
        "$set",
        "a.b",
        "-"
    };

    @ParameterizedTest
    @MethodSource("pairs")
    void spellsJsonAsXml(String json, String xml) {
        assertThat(xml(json)).isEqualTo(xml);
        assertThat(json(JsonToXml.HEAD + xml)).isEqualTo(json);
    }

    static Stream<String[]> pairs() {
        return Stream.of(
                pair("{\"name\":\"birds\"}", "<json type=\"object\"><name>birds</name></json>"),
                pair("{\"a\":1.50}", "<json type=\"object\"><a type=\"number\">1.50</a></json>"),
                pair("{\"a\":true}", "<json type=\"object\"><a type=\"boolean\">true</a></json>"),
                pair("{\"a\":null}", "<json type=\"object\"><a type=\"null\"/></json>"),
                pair("{\"a\":\"\"}", "<json type=\"object\"><a/></json>"),
                pair("{\"a\":\"null\"}", "<json type=\"object\"><a>null</a></json>"),
                pair("{\"a\":{}}", "<json type=\"object\"><a type=\"object\"/></json>"),
                pair("{\"a\":[]}", "<json type=\"object\"><a type=\"array\"/></json>"),
                pair("{\"a\":[\"b\"]}", "<json type=\"object\"><a type=\"array\"><i>b</i></a></json>"),
                pair(
                        "{\"a\":[[],[1,[{}]]]}",
                        "<json type=\"object\"><a type=\"array\"><i type=\"array\"/><i type=\"array\">"
                                + "<i type=\"number\">1</i><i type=\"array\"><i type=\"object\"/></i></i></a></json>"),
                pair("{\"two words\":\"\"}", "<json type=\"object\"><member name=\"two words\"/></json>"),
                pair("{\"\":null}", "<json type=\"object\"><member name=\"\" type=\"null\"/></json>"),
                pair("{\"a:b\":\"<&>\"}", "<json type=\"object\"><member name=\"a:b\">&lt;&amp;&gt;</member></json>"),
                pair("{\"i\":\" x \"}", "<json type=\"object\"><i> x </i></json>"),
                pair(
                        "{\"a\":\"nul \\u0000 and \\\\\"}",
                        "<json type=\"object\"><a escaped=\"true\">nul \\u0000 and \\\\</a></json>"),
                pair(
                        "{\"\\u0001\":1}",
                        "<json type=\"object\"><member name=\"\\u0001\" escapedName=\"true\" type=\"number\">1</member></json>"),
                pair("{\"a\":\"back\\\\slash\"}", "<json type=\"object\"><a>back\\slash</a></json>"),
                pair("[]", "<json type=\"array\"/>"),
                pair("\"text\"", "<json>text</json>"),
                pair("\"\"", "<json/>"),
                pair("12", "<json type=\"number\">12</json>"),
                pair("null", "<json type=\"null\"/>"));
    }

    private static String[] pair(String json, String xml) {
        return new String[] {json, xml};
    }

    @Test
    void givesTheSameJsonBackForAnyTree() {
        Random random = new Random(5);
        for (int tree = 0; tree < TREES; tree++) {
            String json = value(random, 0);

            assertThat(json(xml(json))).isEqualTo(json);
        }
    }

    @Test
    void keepsEveryCharacterThereIs() {
        StringBuilder all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            // A blank between halves: two in a row would be a whole.
            all.appendCodePoint(c).append(c >= 0xD800 && c < 0xE000 ? " " : "");
        }
        String json = "{" + quoted(whole(all.toString())) + ":" + quoted(all.toString()) + "}";

        assertThat(json(xml(json))).isEqualTo(json);
    }

    @Test
    void spellsAnAnswerInPiecesAsItSpellsTheWhole() {
        byte[] json = "[{\"größe\":\"ü𐐷\",\"n\":12.5,\"none\":[]},null,-7]".getBytes(UTF_8);
        JsonToXml.Pieces translation = new JsonToXml.Pieces();
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();

        for (byte piece : json) {
            pieces.writeBytes(translation.next(new byte[] {piece}));
        }
        pieces.writeBytes(translation.last());

        assertThat(pieces.toString(UTF_8)).isEqualTo(new String(JsonToXml.convert(json), UTF_8));
    }

    @Test
    void nestsAsDeepAsJsonMay() {
        String json = "{\"a\":".repeat(90) + "1" + "}".repeat(90);

        assertThat(json(xml(json))).isEqualTo(json);
    }

    @Test
    void spellsAProblemAsTheStandardDoes() {
        String problem = "{\"type\":\"/problems/validation-failed\",\"title\":\"Invalid request\",\"status\":400,"
                + "\"errors\":[{\"field\":\"name\",\"message\":\"must not be blank\"}]}";

        String xml = new String(JsonToXml.convertProblem(problem.getBytes(UTF_8)), UTF_8);

        assertThat(xml)
                .isEqualTo(JsonToXml.HEAD
                        + "<problem xmlns=\"urn:ietf:rfc:7807\"><type>/problems/validation-failed</type>"
                        + "<title>Invalid request</title><status>400</status><errors type=\"array\"><i type=\"object\">"
                        + "<field>name</field><message>must not be blank</message></i></errors></problem>");
    }

    @ParameterizedTest
    @MethodSource("byHand")
    void readsWhatAPersonWouldWrite(String xml, String json) {
        assertThat(json(xml)).isEqualTo(json);
    }

    static Stream<String[]> byHand() {
        return Stream.of(
                pair("<json><name>birds</name></json>", "{\"name\":\"birds\"}"),
                pair("<json>\n  <a>\n    <b>1</b>\n  </a>\n</json>", "{\"a\":{\"b\":\"1\"}}"),
                pair("<json><a type=\"array\">\n<i>1</i>\n<i type='number'> 2 </i>\n</a></json>", "{\"a\":[\"1\",2]}"),
                pair("<json><!-- here --><a><![CDATA[<b>]]></a></json>", "{\"a\":\"<b>\"}"),
                pair("<json><a>x<!-- y -->z</a><?work now?></json>", "{\"a\":\"xz\"}"),
                pair("<json><a>&#65;&lt;&amp;&quot;&apos;&gt;</a></json>", "{\"a\":\"A<&\\\"'>\"}"),
                pair("<json><a type=\"string\">1</a></json>", "{\"a\":\"1\"}"),
                pair("<json><member name=\"b\">1</member></json>", "{\"b\":\"1\"}"),
                pair("<json><a escaped=\"true\">\\n\\t\\\"\\u00e9</a></json>", "{\"a\":\"\\u000a\\u0009\\\"é\"}"),
                pair("<?xml version='1.0' encoding='utf-8' standalone='yes'?><json/>", "\"\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uFEFF<json/>", "\n<json/>\n"})
    void readsOverAByteOrderMarkAndBlanks(String xml) {
        assertThat(json(xml)).isEqualTo("\"\"");
    }

    private static String value(Random random, int level) {
        return switch (random.nextInt(level < DEEPEST ? 7 : 5)) {
            case 0 -> "null";
            case 1 -> String.valueOf(random.nextBoolean());
            case 2 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 3, 4 -> quoted(text(random));
            case 5 -> {
                StringBuilder array = new StringBuilder("[");
                for (int entry = random.nextInt(4); entry > 0; entry--) {
                    array.append(value(random, level + 1)).append(entry > 1 ? "," : "");
                }
                yield array.append(']').toString();
            }
            default -> {
                Set<String> keys = new LinkedHashSet<>();
                for (int member = random.nextInt(5); member > 0; member--) {
                    keys.add(random.nextBoolean() ? KEYS[random.nextInt(KEYS.length)] : whole(text(random)));
                }
                StringBuilder object = new StringBuilder("{");
                for (String key : keys) {
                    object.append(object.length() > 1 ? "," : "")
                            .append(quoted(key))
                            .append(':')
                            .append(value(random, level + 1));
                }
                yield object.append('}').toString();
            }
        };
    }

    /** Half a character is no part of a key that our reader of JSON takes. */
    private static String whole(String text) {
        return text.codePoints()
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(8); left > 0; left--) {
            text.appendCodePoint(CHARACTERS[random.nextInt(CHARACTERS.length)]);
        }
        return text.toString();
    }

    /** With no more escapes than JSON, and the halves of characters, need. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(point -> {
            if (point == '"' || point == '\\') {
                quoted.append('\\').append((char) point);
            } else if (point < ' ' || point >= 0xD800 && point < 0xE000) {
                quoted.append(String.format("\\u%04x", point));
            } else {
                quoted.appendCodePoint(point);
            }
        });
        return quoted.append('"').toString();
    }

    private static String xml(String json) {
        String xml = new String(JsonToXml.convert(json.getBytes(UTF_8)), UTF_8);
        return xml.startsWith(JsonToXml.HEAD) ? xml.substring(JsonToXml.HEAD.length()) : xml;
    }

    private static String json(String xml) {
        return new String(XmlToJson.convert(xml.getBytes(UTF_8)), UTF_8);
    }
}
