package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MimeTypes;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.json.JsonMapper;

/** Files are what Tika says they are, also where it is not asked. */
class MagicNumbersTests {

    private static final List<String> NAMES = List.of(
            "a.bin", "x.jpg", "a", "doc.txt", "a.json", "b.mp4", "README", "c.xml", "k.dcm", "z.csv", "weird.q7");

    /** What expressions among the rules are after. */
    private static final List<String> EXPRESSED = List.of(
            "\n%AI5_FileFormat 3\r",
            "JAVA PROFILE 1.0.2\0",
            "12345",
            "FCS3.0    ",
            "BZh9",
            "\0\0\0\u00ff\u00e3",
            "\u00ff\u00f1\u0050\u0080",
            "  999\nabc\n0\nSECTION\n",
            "P5",
            "DKIM-",
            "<TITLE>",
            "// a\n digraph x",
            "function q\n");

    private final MimeTypes tika = MimeTypes.getDefaultMimeTypes();
    private final MediaProbe probe = new MediaProbe(new JsonMapper());
    private final Random random = new Random(1);
    private int compared;

    @Test
    void agreesWithTikaOnWhateverItsRulesAreAfter() throws Exception {
        for (Element rule : rules()) {
            byte[] wanted = MagicNumbers.decoded(
                    rule.getAttribute("value"), rule.hasAttribute("type") ? rule.getAttribute("type") : "string");
            String offset = rule.hasAttribute("offset") ? rule.getAttribute("offset") : "0";
            for (String place : offset.split(":")) {
                int at = Math.min(Integer.parseInt(place), 40_000);
                byte[] bytes = new byte[at + wanted.length + 100];
                random.nextBytes(bytes);
                System.arraycopy(wanted, 0, bytes, at, wanted.length);
                compare(bytes);
                Arrays.fill(bytes, (byte) ' ');
                System.arraycopy(wanted, 0, bytes, at, wanted.length);
                compare(bytes);
            }
        }
        assertThat(compared).isGreaterThan(2_500);
    }

    @Test
    void agreesWithTikaOnWhatItsExpressionsAreAfter() throws IOException {
        for (String text : EXPRESSED) {
            compare((text + " and more of it").getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void agreesWithTikaOnTextsAndOnBytesThatAreNothing() throws IOException {
        for (int number = 0; number < 600; number++) {
            byte[] bytes = new byte[random.nextInt(3_000)];
            random.nextBytes(bytes);
            if (number % 3 == 0) {
                for (int index = 0; index < bytes.length; index++) {
                    bytes[index] = (byte) (' ' + random.nextInt(90));
                }
            }
            if (bytes.length > 0) {
                bytes[0] = (byte) number;
            }
            compare(bytes);
        }
        compare(new byte[0]);
    }

    /** Otherwise it would be for nothing. */
    @Test
    void asksTikaOfFewFilesThatAreNothing() {
        MagicNumbers numbers = MagicNumbers.ofTika();
        int asked = 0;
        for (int number = 0; number < 1_000; number++) {
            byte[] bytes = new byte[4_096];
            random.nextBytes(bytes);
            asked += numbers.mayKnow(bytes) ? 1 : 0;
        }

        assertThat(asked).isLessThan(30);
    }

    private void compare(byte[] bytes) throws IOException {
        String name = NAMES.get(compared++ % NAMES.size());
        var hints = new Metadata();
        hints.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);

        assertThat(probe.typeOf(bytes, name).getBaseType())
                .as("%s with %s", name, Arrays.toString(Arrays.copyOf(bytes, 100)))
                .isEqualTo(tika.detect(new ByteArrayInputStream(bytes), hints).getBaseType());
    }

    private static List<Element> rules() throws Exception {
        try (InputStream rules = Objects.requireNonNull(MimeTypes.class.getResourceAsStream("tika-mimetypes.xml"))) {
            NodeList all = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(rules)
                    .getDocumentElement()
                    .getElementsByTagName("match");
            return IntStream.range(0, all.getLength())
                    .mapToObj(index -> (Element) all.item(index))
                    .filter(rule -> rule.hasAttribute("value")
                            && !rule.getAttribute("type").equals("regex"))
                    .toList();
        }
    }
}
