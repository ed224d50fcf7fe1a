package io.sluice.modelservice.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.modelservice.testing.RunningModelService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

abstract class InferenceContract extends RunningModelService {

    private static final String MODELS = "/api/v1/ml/models";
    private static final Path FILES = Path.of("src", "test", "models");
    private static final Map<String, Object> FOUR =
            Map.of("name", "in", "datatype", "FP32", "shape", List.of(1, 4), "data", List.of(1, 2, 3.5, -4));

    private static byte[] file(String name) {
        try {
            return Files.readAllBytes(FILES.resolve(name));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Reply model(String project) {
        return ask("engineer", HttpMethod.POST, MODELS, Map.of("name", "m " + UUID.randomUUID(), "projectId", project));
    }

    private Reply put(Reply model, byte[] file) {
        return ask("engineer", HttpMethod.PUT, MODELS + "/" + model.id() + "/artifact", file);
    }

    /** A model that doubles four numbers. */
    private Reply doubling() {
        return put(model(newProject()), file("fixed.onnx"));
    }

    private Reply infer(Reply model, Object body, String... headers) {
        return ask("annotator", HttpMethod.POST, MODELS + "/" + model.id() + "/infer", body, headers);
    }

    @Test
    void aFileThatIsSentIsAnItemOfTheProjectAndSaysWhatItTakes() {
        String project = newProject();
        Reply model = model(project);

        Reply running = put(model, file("fixed.onnx"));

        assertThat(running.status()).isEqualTo(200);
        assertThat(running.at("/onnx/inputs").toString())
                .isEqualTo("[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[1,4]}]");
        assertThat(running.at("/onnx/outputs/0/name").asString()).isEqualTo("out");
        assertThat(running.at("/onnx/opset").asInt()).isEqualTo(17);
        assertThat(running.at("/artifacts")).hasSize(1);
        assertThat(running.at("/artifacts/0/itemId")).isEqualTo(running.at("/onnx/itemId"));
    }

    @Test
    void anotherFileTakesThePlaceOfTheFirst() {
        Reply first = doubling();

        Reply second = put(first, file("lookup.onnx"));

        assertThat(second.at("/artifacts")).hasSize(1);
        assertThat(second.at("/onnx/inputs/0/name").asString()).isEqualTo("index");
    }

    @Test
    void aModelAnswersInTheSameResponse() {
        Reply answer = infer(doubling(), Map.of("id", "mine", "inputs", List.of(FOUR)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/id").asString()).isEqualTo("mine");
        assertThat(answer.at("/outputs").toString())
                .isEqualTo("[{\"name\":\"out\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[2.0,4.0,7.0,-8.0]}]");
    }

    @Test
    void tensorsGoAndComeAsBytesToo() {
        byte[] json = ("{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[1,4],\"parameters\":"
                        + "{\"binary_data_size\":16}}],\"parameters\":{\"binary_data_output\":true}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(json.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        body.put(json).putFloat(1).putFloat(2).putFloat(3).putFloat(4);

        Reply answer =
                infer(doubling(), body.array(), "Inference-Header-Content-Length", Integer.toString(json.length));

        int length = Integer.parseInt(String.valueOf(answer.headers().getFirst("Inference-Header-Content-Length")));
        ByteBuffer numbers = ByteBuffer.wrap(answer.bytes(), length, 16).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(List.of(numbers.getFloat(), numbers.getFloat(), numbers.getFloat(), numbers.getFloat()))
                .containsExactly(2f, 4f, 6f, 8f);
    }

    /** More than a body may have that is read as an object. */
    @Test
    void manyMegabytesOfTensorsAreTaken() {
        int rows = 12_000;
        int size = rows * 3 * 8 * 8 * Float.BYTES;
        byte[] json = ("{\"inputs\":[{\"name\":\"picture\",\"datatype\":\"FP32\",\"shape\":[" + rows
                        + ",3,8,8],\"parameters\":{\"binary_data_size\":" + size + "}}]}")
                .getBytes(StandardCharsets.UTF_8);

        Reply answer = infer(
                colours(Map.of()),
                ByteBuffer.allocate(json.length + size).put(json).array(),
                "Inference-Header-Content-Length",
                Integer.toString(json.length));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/outputs/0/shape").toString()).isEqualTo("[12000,3]");
    }

    @Test
    void theProtocolsOwnPathsAnswer() {
        Reply model = doubling();
        String path = "/v2/models/" + model.id();

        Reply metadata = ask("annotator", HttpMethod.GET, path, null);
        Reply ready = ask("annotator", HttpMethod.GET, path + "/ready", null);
        Reply answer = ask("annotator", HttpMethod.POST, path + "/versions/1/infer", Map.of("inputs", List.of(FOUR)));

        assertThat(metadata.at("/platform").asString()).isEqualTo("onnxruntime_onnx");
        assertThat(metadata.at("/inputs/0/shape").toString()).isEqualTo("[1,4]");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(answer.at("/model_name").asString()).isEqualTo(model.id());
        assertThat(answer.at("/outputs/0/data/0").asDouble()).isEqualTo(2);
        assertThat(ask("annotator", HttpMethod.GET, "/v2", null)
                        .at("/extensions/0")
                        .asString())
                .isEqualTo("binary_tensor_data");
        assertThat(ask("annotator", HttpMethod.GET, "/v2/health/live", null)
                        .at("/live")
                        .asBoolean())
                .isTrue();
        assertThat(ask("annotator", HttpMethod.GET, "/v2/health/ready", null)
                        .at("/ready")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void anItemThatIsNamedAsArtifactIsRunAsTheSdkDoesIt() {
        String project = newProject();
        Reply model = model(project);
        String item = stored(project, "/artifacts/models/m/net.onnx", file("fixed.onnx"));

        Reply changed = ask(
                "engineer",
                HttpMethod.PATCH,
                MODELS + "/" + model.id(),
                Map.of("artifacts", List.of(Map.of("type", "item", "itemId", item))));

        assertThat(changed.at("/onnx/itemId").asString()).isEqualTo(item);
        assertThat(infer(changed, Map.of("inputs", List.of(FOUR))).status()).isEqualTo(200);
    }

    @Test
    void anItemOfAnotherProjectIsNobodysArtifact() {
        Reply model = model(newProject());
        String item = stored(newProject(), "/net.onnx", file("fixed.onnx"));

        Reply refused = ask(
                "engineer",
                HttpMethod.PATCH,
                MODELS + "/" + model.id(),
                Map.of("artifacts", List.of(Map.of("type", "item", "itemId", item))));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("artifacts[0].itemId");
    }

    @Test
    void aFileThatCannotBeRunStaysAnArtifactUnlessItsNameSaysOnnx() {
        String project = newProject();
        Reply model = model(project);
        String weights = stored(project, "/weights.pt", new byte[] {1, 2, 3});

        Reply changed = ask(
                "engineer",
                HttpMethod.PATCH,
                MODELS + "/" + model.id(),
                Map.of("artifacts", List.of(Map.of("type", "item", "itemId", weights))));
        Reply answer = infer(changed, Map.of("inputs", List.of(FOUR)));

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.at("/onnx").isNull()).isTrue();
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.at("/detail").asString()).contains("no file that can be run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated.onnx", "outside.onnx", "foreign.onnx", "make_models.py"})
    void aHostileOrBrokenFileIsRefusedAndNothingIsKept(String name) {
        Reply model = model(newProject());

        Reply refused = put(model, file(name));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("body");
        assertThat(refused.at("/detail").asString())
                .doesNotContain("target/models")
                .doesNotContain("passwd");
        assertThat(ask("annotator", HttpMethod.GET, MODELS + "/" + model.id(), null)
                        .at("/artifacts"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|inputs",
                "{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3]}]}|inputs[0].data",
                "{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP99\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}|inputs[0].datatype",
                "{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[2,4],\"data\":[1,2,3,4,5,6,7,8]}]}|in",
                "{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[25000000000,1],\"data\":[1]}]}|inputs[0].shape",
                "{\"inputs\":[{\"name\":\"other\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}|in",
            })
    void whatIsNoInputIsNamed(String body, String field) {
        Reply refused = infer(doubling(), body.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).startsWith(field);
    }

    private static byte[] picture(String format, int colour) {
        BufferedImage picture = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 16 * 12; at++) {
            picture.setRGB(at % 16, at / 16, colour);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, format, bytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return bytes.toByteArray();
    }

    private Reply colours(Map<String, ?> configuration) {
        Reply model = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name",
                        "m " + UUID.randomUUID(),
                        "projectId",
                        newProject(),
                        "labels",
                        List.of("red", "green", "blue"),
                        "configuration",
                        configuration));
        return put(model, file("colours.onnx"));
    }

    @ParameterizedTest
    @CsvSource({"png, 0xff2010, red", "bmp, 0x10ff20, green", "gif, 0x1020ff, blue"})
    void aClassifierWithLabelsAloneSaysWhatIsInAPicture(String format, String colour, String label) {
        Reply answer =
                infer(colours(Map.of()), picture(format, Integer.decode(colour)), "Content-Type", "image/" + format);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/predictions")).hasSize(1);
        assertThat(answer.at("/predictions/0/type").asString()).isEqualTo("classification");
        assertThat(answer.at("/predictions/0/label").asString()).isEqualTo(label);
        assertThat(answer.at("/predictions/0/score").asDouble()).isGreaterThan(0.9);
    }

    private static final String BOUNDARY = "0123456789abcdef";

    /** @param parts a name and perhaps a filename, and bytes, in turn */
    private static byte[] form(Object... parts) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (int i = 0; i < parts.length; i += 2) {
            form.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + parts[i] + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            form.writeBytes((byte[]) parts[i + 1]);
            form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
        }
        form.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return form.toByteArray();
    }

    private Reply byForm(Reply model, byte[] form) {
        return infer(model, form, "Content-Type", "multipart/form-data; boundary=" + BOUNDARY);
    }

    private static byte[] utf8(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"input", "image"})
    void aFormBringsAPicture(String part) {
        Reply answer =
                byForm(colours(Map.of()), form("name=\"" + part + "\"; filename=\"a.png\"", picture("png", 0x10ff20)));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/predictions/0/label").asString()).isEqualTo("green");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=\"request\"", "name=\"request\"; filename=\"r.json\""})
    void aFormBringsARequestAndTheBytesOfItsTensors(String part) {
        byte[] request = utf8("{'id':'mine','inputs':[{'name':'in','datatype':'FP32','shape':[1,4]}]}");
        byte[] numbers = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3.5f)
                .putFloat(-4)
                .array();

        Reply answer = byForm(doubling(), form("name=\"in\"; filename=\"in.bin\"", numbers, part, request));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/id").asString()).isEqualTo("mine");
        assertThat(answer.at("/outputs/0/data").toString()).isEqualTo("[2.0,4.0,7.0,-8.0]");
    }

    @Test
    void aPartThatIsWrongIsNamed() {
        Reply model = doubling();
        byte[] request = utf8("{'inputs':[{'name':'in','datatype':'FP32','shape':[1,4]}]}");
        String file = "; filename=\"f\"";

        assertThat(wrongPart(byForm(model, form("name=\"picture\"" + file, new byte[4]))))
                .isEqualTo("picture");
        assertThat(wrongPart(byForm(
                        model, form("name=\"input\"" + file, new byte[4], "name=\"image\"" + file, new byte[4]))))
                .isEqualTo("image");
        assertThat(wrongPart(byForm(
                        model, form("name=\"input\"" + file, new byte[4], "name=\"input\"" + file, new byte[4]))))
                .isEqualTo("input");
        assertThat(wrongPart(byForm(model, form()))).isEqualTo("input");
        assertThat(wrongPart(byForm(model, form("name=\"input\"", utf8("a text")))))
                .isEqualTo("input");
        assertThat(wrongPart(byForm(model, form("name=\"request\"", request, "name=\"in\"" + file, new byte[15]))))
                .isEqualTo("in");
        assertThat(wrongPart(byForm(model, form("name=\"request\"", request, "name=\"on\"" + file, new byte[16]))))
                .isEqualTo("inputs[0].data");
        assertThat(byForm(model, utf8("no form at all")).status()).isEqualTo(400);
    }

    private static String wrongPart(Reply refused) {
        assertThat(refused.status()).isEqualTo(400);
        return refused.at("/errors/0/field").asString();
    }

    @Test
    void aFormThatIsTooLargeIsRefused() {
        byte[] file = new byte[65 * 1024 * 1024];

        Reply refused = byForm(doubling(), form("name=\"input\"; filename=\"f\"", file));

        assertThat(refused.status()).isEqualTo(413);
    }

    /** A model of texts with the tokenizer that its configuration names, if that is there. */
    private Reply words(Map<String, ?> input, byte... tokenizer) {
        String project = newProject();
        String file = stored(project, "/artifacts/models/words/words.onnx", file("words.onnx"));
        String other = stored(project, "/artifacts/models/words/tokenizer.json", tokenizer);
        return ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name", "words",
                        "projectId", project,
                        "labels", List.of("good", "bad"),
                        "configuration", Map.of("input", input),
                        "artifacts",
                                List.of(
                                        Map.of("type", "item", "itemId", file),
                                        Map.of("type", "item", "itemId", other))));
    }

    @ParameterizedTest
    @CsvSource({"'so good, so bad, so bad', bad", "Good, good"})
    void aTextIsClassifiedByAModelThatBringsItsTokenizer(String text, String label) {
        Reply model = words(Map.of("kind", "text"), file("words-tokenizer.json"));

        Reply answer = infer(model, text.getBytes(StandardCharsets.UTF_8), "Content-Type", "text/plain");

        assertThat(model.at("/onnx/tokenizer/name").asString()).isEqualTo("tokenizer.json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/predictions/0/label").asString()).isEqualTo(label);
        assertThat(answer.at("/predictions/0/score").asDouble()).isGreaterThan(0.9);
    }

    @Test
    void aTokenizerMayComeAfterTheConfigurationThatNamesIt() {
        String project = newProject();
        Reply model = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name",
                        "words",
                        "projectId",
                        project,
                        "configuration",
                        Map.of("input", Map.of("kind", "text"))));
        Reply running = put(model, file("words.onnx"));
        byte[] text = utf8("good");
        Reply without = infer(running, text, "Content-Type", "text/plain");
        String tokenizer = stored(project, "/artifacts/models/words/tokenizer.json", file("words-tokenizer.json"));

        Reply changed = ask(
                "engineer",
                HttpMethod.PATCH,
                MODELS + "/" + model.id(),
                Map.of(
                        "artifacts",
                        List.of(
                                Map.of(
                                        "type",
                                        "item",
                                        "itemId",
                                        running.at("/onnx/itemId").asString()),
                                Map.of("type", "item", "itemId", tokenizer))));

        assertThat(without.status()).isEqualTo(422);
        assertThat(without.at("/detail").asString())
                .contains("configuration.input.tokenizer is missing", "tokenizer.json");
        assertThat(changed.at("/onnx/tokenizer/itemId").asString()).isEqualTo(tokenizer);
        assertThat(infer(changed, text, "Content-Type", "text/plain").status()).isEqualTo(200);
    }

    @Test
    void aTokenizerThatCannotBeReadIsRefusedWhenTheModelIsSaved() {
        Reply refused = words(Map.of("kind", "text"), utf8("{'model':1}"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("artifacts[1].itemId");
        assertThat(words(Map.of("kind", "tensor"), utf8("{'model':1}")).status())
                .isEqualTo(200);
    }

    @Test
    void aTextForAModelThatTakesTensorsIsRefused() {
        Reply model = words(Map.of("kind", "tensor"), file("words-tokenizer.json"));

        Reply refused = infer(model, utf8("good"), "Content-Type", "text/plain");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("inputs");
    }

    @Test
    void outputsThatAreDeclaredRawComeByTheProtocol() {
        Reply answer = infer(
                colours(Map.of("output", Map.of("kind", "raw"))),
                picture("png", 0xff0000),
                "Content-Type",
                "image/png");

        assertThat(answer.at("/outputs/0/shape").toString()).isEqualTo("[1,3]");
        assertThat(answer.at("/outputs/0/data/0").asDouble()).isEqualTo(10);
    }

    @Test
    void whatIsNoPictureIsRefused() {
        Reply answer = infer(colours(Map.of()), new byte[] {1, 2, 3}, "Content-Type", "image/png");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/errors/0/field").asString()).isEqualTo("body");
    }

    @Test
    void aPictureThatWouldBeHugeIsRefusedByItsSizeAlone() {
        byte[] bomb = picture("png", 0xff2010);
        ByteBuffer.wrap(bomb).putInt(16, 60_000).putInt(20, 60_000);

        Reply answer = infer(colours(Map.of()), bomb, "Content-Type", "image/png");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.at("/errors/0/field").asString()).isEqualTo("body");
        assertThat(answer.at("/detail").asString()).contains("60000");
    }

    @Test
    void aConfigurationThatCannotBeMeantIsRefusedWhenItIsSaved() {
        Reply refused = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name", "m " + UUID.randomUUID(),
                        "projectId", newProject(),
                        "configuration", Map.of("input", Map.of("resize", "squash"))));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("configuration.input.resize");
    }

    @Test
    void theSchemaOfConfigurationsIsPublished() {
        String path = MODELS + "/configuration/schema";

        Reply schema = ask("stranger", HttpMethod.GET, path, null);
        Reply again = ask("stranger", HttpMethod.GET, path, null, "If-None-Match", String.valueOf(schema.eTag()));

        assertThat(schema.status()).isEqualTo(200);
        assertThat(schema.headers().getContentType()).hasToString("application/schema+json");
        assertThat(schema.headers().getCacheControl()).contains("max-age");
        assertThat(schema.at("/$schema").asString()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.at("/properties/input/oneOf/0/properties/kind/const").asString())
                .isEqualTo("image");
        assertThat(again.status()).isEqualTo(304);
    }

    @Test
    void strangersCannotAskAModel() {
        Reply model = doubling();

        Reply refused =
                ask("stranger", HttpMethod.POST, MODELS + "/" + model.id() + "/infer", Map.of("inputs", List.of(FOUR)));

        assertThat(refused.status()).isEqualTo(404);
    }

    @Test
    void aRunThatFailsSaysSoAndTheNextOneSucceeds() {
        Reply model = put(model(newProject()), file("lookup.onnx"));

        Reply failed = infer(model, Map.of("inputs", List.of(index(11))));
        Reply next = infer(model, Map.of("inputs", List.of(index(7))));

        assertThat(failed.status()).isEqualTo(422);
        assertThat(next.at("/outputs/0/data/0").asInt()).isEqualTo(49);
    }

    /** More than an address can say, so that no machine has it. */
    @Test
    void aRunThatNeedsMoreMemoryThanThereIsSaysSoAndTheNextOneSucceeds() {
        Reply model = put(model(newProject()), file("vast.onnx"));

        Reply failed = infer(model, Map.of("inputs", List.of(numbers(1L << 50))));
        Reply next = infer(model, Map.of("inputs", List.of(numbers(1_000))));

        assertThat(failed.status()).isEqualTo(422);
        assertThat(failed.at("/detail").asString()).contains("memory");
        assertThat(next.at("/outputs/0/data/0").asDouble()).isZero();
    }

    private static Map<String, Object> numbers(long count) {
        return Map.of("name", "shape", "datatype", "INT64", "shape", List.of(1), "data", List.of(count));
    }

    private static Map<String, Object> index(int number) {
        return Map.of("name", "index", "datatype", "INT64", "shape", List.of(1), "data", List.of(number));
    }

    @Test
    void anItemThatWasOverwrittenIsNotRunBehindTheModelsBack() {
        String project = newProject();
        Reply model = model(project);
        byte[] twice = file("identity.onnx");
        String item = stored(project, "/net.onnx", twice);
        Reply changed = ask(
                "engineer",
                HttpMethod.PATCH,
                MODELS + "/" + model.id(),
                Map.of("artifacts", List.of(Map.of("type", "item", "itemId", item))));
        overwritten(item, file("lookup.onnx"));

        Reply metadata = ask("annotator", HttpMethod.GET, "/v2/models/" + changed.id(), null);

        assertThat(metadata.at("/inputs/0/name").asString()).isEqualTo("in");
    }
}
