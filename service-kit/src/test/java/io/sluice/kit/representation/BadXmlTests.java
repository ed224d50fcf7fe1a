package io.sluice.kit.representation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.sluice.kit.web.RequestShape;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.ErrorResponseException;

class BadXmlTests {

    /** Enough for a busy machine, and far from what an attack is after. */
    private static final Duration QUICKLY = Duration.ofSeconds(20);

    private static final int MUTANTS = 5_000;

    @Test
    void readsNoFileThatAnEntityNames(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "hunter2");

        String refusal = refusal("<!DOCTYPE json [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><json>&x;</json>");

        assertThat(refusal).contains("document type declaration").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE json SYSTEM \"http://127.0.0.1:9/evil.dtd\"><json/>",
                "<!DOCTYPE json [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/evil.dtd\"> %x;]><json/>",
                "<!DOCTYPE json [<!ATTLIST json type CDATA \"number\">]><json>1</json>",
                "<!DOCTYPE json><json/>"
            })
    void readsNoDocumentTypeDeclaration(String xml) {
        assertThat(refusal(xml)).contains("document type declaration");
    }

    @Test
    void doesNotLaugh() {
        String laughs = IntStream.range(1, 20)
                .mapToObj(level -> "<!ENTITY l" + level + " \"" + ("&l" + (level - 1) + ";").repeat(10) + "\">")
                .collect(Collectors.joining());

        assertThat(refusal("<!DOCTYPE json [<!ENTITY l0 \"ha\">" + laughs + "]><json>&l19;</json>"))
                .contains("document type declaration");
    }

    @ParameterizedTest
    @MethodSource("floods")
    void refusesWhatIsTooMuchQuicklyAndInOneLine(String part, String xml) {
        assertThat(xml.length()).isLessThan(RequestShape.LARGEST_BODY);
        assertThat(refusal(xml)).contains(part).hasSizeLessThan(500);
    }

    static Stream<String[]> floods() {
        return Stream.of(
                flood("not well-formed", "<json" + numbered(" a%d=\"\"") + "/>"),
                flood("not well-formed", "<json" + numbered(" xmlns:a%d=\"\"").substring(0, 8_000_000)),
                flood("not well-formed", "<json><a" + " b=\"\"".repeat(1_000_000) + "/></json>"),
                flood("elements", "<json type=\"array\">" + "<i/>".repeat(1_000_000) + "</json>"),
                flood("levels", "<a>".repeat(1_000_000).replaceFirst("<a>", "<json>")),
                flood("not well-formed", "<" + "a".repeat(8_000_000) + "/>"),
                flood("not well-formed", "<json>" + "<!--".repeat(1_000_000)),
                flood("number", "<json type=\"number\">" + "9".repeat(8_000_000) + "</json>"),
                flood("text beside", "<json type=\"object\">" + " ".repeat(4_000_000) + "x</json>"));
    }

    private static String[] flood(String part, String xml) {
        return new String[] {part, xml};
    }

    private static String numbered(String pattern) {
        StringBuilder all = new StringBuilder();
        for (int number = 0; number < 600_000; number++) {
            all.append(String.format(pattern, number));
        }
        return all.substring(0, Math.min(all.length(), 8_000_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain text | not well-formed XML at line 1",
                "{\"name\":\"birds\"} | not well-formed",
                "<json> | not well-formed",
                "<json></nosj> | not well-formed",
                "<json/><json/> | not well-formed",
                "<json><a>1</json> | not well-formed",
                "<json a='1' a='2'/> | not well-formed",
                "<json>&#0;</json> | not well-formed",
                "<json>&#xFFFF;</json> | not well-formed",
                "<json>a & b</json> | not well-formed",
                "<json>&nbsp;</json> | well-formed",
                "<?xml version='1.1'?><json/> | XML 1.0",
                "<?xml version='1.0' encoding='ISO-8859-1'?><json/> | UTF-8",
                "<project><name>n</name></project> | root element json, not 'project'",
                "<json name='x'/> | member",
                "<json xmlns='urn:x'/> | attribute 'xmlns'",
                "<json><x:a xmlns:x='urn:x'/></json> | attribute 'xmlns:x'",
                "<json><x:a/></json> | 'x:a'",
                "<json><member x:name='b'/></json> | attribute 'x:name'",
                "<json><a id='1'/></json> | attribute 'id'",
                "<json><a name='b'/></json> | only member has one",
                "<json><a type='integer'>1</a></json> | 'a' of the type 'integer'",
                "<json><a>1</a><a>2</a></json> | 'a' twice",
                "<json><a>1</a><member name='a'>2</member></json> | 'a' twice",
                "<json><b><a>text<c/></a></b></json> | b.a: must not have a text beside its elements",
                "<json><b><a><c/>text</a></b></json> | b.a: must not have a text beside its elements",
                "<json type='array'><i/><x/></json> | entries called i, not 'x'",
                "<json><a type='array'>text</a></json> | a: must not have a text beside",
                "<json><a type='array'><i/><i type='number'>one</i></a></json> | a[1]: must be a number",
                "<json><a type='number'></a></json> | a: must be a number",
                "<json><a type='number'>01</a></json> | a: must be a number",
                "<json><a type='number'>+1</a></json> | a: must be a number",
                "<json><a type='number'>NaN</a></json> | a: must be a number",
                "<json><a type='number'>1<b/></a></json> | a: must hold no elements",
                "<json><a type='boolean'>yes</a></json> | a: must be true or false",
                "<json><a type='null'>0</a></json> | a: must not have a text",
                "<json><a escaped='true'>\\x</a></json> | a: has an escape",
                "<json><a escaped='true'>\\u12</a></json> | a: has an escape",
                "<json><a escaped='true'>\\</a></json> | a: has an escape",
                "<json><a escaped='yes'/></json> | 'yes'"
            })
    void saysWhatIsWrongAndWhere(String xml, String part) {
        assertThat(refusal(xml)).contains(part);
    }

    @Test
    void readsUtf8Only() {
        String xml = "<json>größe</json>";

        for (Charset charset : new Charset[] {ISO_8859_1, UTF_16, UTF_16LE}) {
            assertThat(refusal(xml.getBytes(charset))).containsAnyOf("UTF-8", "well-formed");
        }
        assertThat(refusal("<?xml version=\"1.0\" encoding=\"UTF-16\"?><json/>"))
                .contains("UTF-8");
        assertThat(refusal("<?xml version=\"1.0\" encoding=\"nonsense\"?><json/>"))
                .contains("UTF-8");
    }

    @Test
    void answersAnythingElseThatIsBrokenInTheSameWay() {
        byte[] good = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?><json type=\"object\"><a type=\"number\">1</a>"
                        + "<member name=\"b c\" escapedName=\"true\">&lt;\u00fc&#65;<![CDATA[x]]></member><!-- c --></json>")
                .getBytes(UTF_8);
        Random random = new Random(9);

        for (int mutant = 0; mutant < MUTANTS; mutant++) {
            byte[] bad = good.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                bad[random.nextInt(bad.length)] =
                        (byte) (random.nextBoolean() ? good[random.nextInt(good.length)] : random.nextInt(256));
            }

            assertThat(refusalIfAny(bad))
                    .satisfiesAnyOf(
                            refusal -> assertThat(refusal).isNull(),
                            refusal -> assertThat(refusal).isNotEmpty());
        }
    }

    private static String refusal(String xml) {
        return refusal(xml.getBytes(UTF_8));
    }

    private static String refusal(byte[] xml) {
        String refusal = assertTimeoutPreemptively(QUICKLY, () -> String.valueOf(refusalIfAny(xml)));
        assertThat(refusal).isNotEqualTo("null");
        return refusal;
    }

    /** What the client is told; null when there is nothing wrong. */
    private static @Nullable String refusalIfAny(byte[] xml) {
        try {
            XmlToJson.convert(xml);
            return null;
        } catch (ErrorResponseException refused) {
            assertThat(refused.getStatusCode().value()).isEqualTo(400);
            return refused.getBody().getDetail();
        }
    }
}
