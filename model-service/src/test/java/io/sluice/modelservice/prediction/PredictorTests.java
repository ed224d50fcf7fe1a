package io.sluice.modelservice.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.prediction.Result.Point;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

class PredictorTests {

    private static final long MOST_BYTES = 10_000_000;
    private static final Offset<Double> ALMOST = Offset.offset(1e-4);
    private static final TensorSpec PICTURE = spec("x", DataType.FP32, -1, 3, 20, 20);

    private static final Path TOKENIZER = Path.of("src", "test", "models", "words-tokenizer.json");

    /** The library that reads them is no Java: none of these may end the process. */
    private static final List<String> BROKEN_TOKENIZERS = List.of(
            "",
            "{}",
            "[".repeat(100_000),
            "{'model':{'type':'WordLevel','vocab':{'a':-1},'unk_token':'b'}}".replace('\'', '"'),
            ("{'version':'1.0','added_tokens':[],'pre_tokenizer':{'type':'Split','pattern':{'Regex':'('},"
                            + "'behavior':'Removed','invert':false},'model':{'type':'WordLevel','vocab':{},'unk_token':''}}")
                    .replace('\'', '"'),
            "{'version':'1.0','added_tokens':[],'model':{'type':'BPE','vocab':{'a':0},'merges':['b c']}}"
                    .replace('\'', '"'));

    private int height = 10;

    @TempDir
    Path artifact;

    @Test
    void classifiesAPictureWithLabelsAlone() throws IOException {
        ModelDescription model = model(List.of(PICTURE), spec("y", DataType.FP32, -1, 3));
        ModelConfiguration configuration = ModelConfiguration.of(Map.of(), List.of("goat", "sheep", "wolf"));
        Predictor predictor = Predictor.of(model, configuration, null, MOST_BYTES);
        List<Result> results = predictor.read(prepared(predictor), List.of(floats("y", "1 3", 1, 3, 2)));

        assertThat(results).hasSize(1);
        Result.Classification best = (Result.Classification) results.get(0);
        assertThat(best.label()).isEqualTo("sheep");
        assertThat(best.score()).isCloseTo(0.66524, ALMOST);
    }

    @Test
    void leavesScoresAsTheyAreWhenTheyAreSome() throws IOException {
        List<Result> results = results("{'top':3,'threshold':0.2}", List.of(floats("y", "1 3", 0.7f, 0.1f, 0.2f)));

        assertThat(results)
                .extracting(result -> ((Result.Classification) result).number())
                .containsExactly(0, 2);
        assertThat(((Result.Classification) results.get(0)).score()).isCloseTo(0.7, ALMOST);
    }

    @Test
    void readsBoxesOfSeparateOutputs() throws IOException {
        List<Result> results = results(
                "{'kind':'detection','relative':true,'threshold':0.5}",
                List.of(
                        floats("boxes", "1 2 4", 0, 0, 0.5f, 0.5f, 0.125f, 0.25f, 0.375f, 2),
                        floats("scores", "1 2", 0.6f, 0.9f),
                        floats("labels", "1 2", 2, 1)));

        assertThat(results)
                .containsExactly(
                        new Result.Box("class 1", 1, 0.9f, 5, 2.5, 15, 10),
                        new Result.Box("class 2", 2, 0.6f, 0, 0, 20, 5));
    }

    @Test
    void suppressesWhatOverlapsOfYolo() throws IOException {
        // Rows of centre, size, score, and a score of two classes.
        Tensor rows = floats(
                "y", "1 4 7", 5, 5, 4, 4, 1, 0.9f, 0, 5, 5, 4, 4.2f, 1, 0.8f, 0, 5, 5, 4, 4, 1, 0, 0.7f, 15, 15, 2, 2,
                0.1f, 1, 1);
        float[] old = rows.floats();
        float[] columns = new float[6 * 3];
        for (int row = 0; row < 3; row++) {
            for (int number = 0; number < 6; number++) {
                columns[number * 3 + row] = old[row * 7 + (number < 4 ? number : number + 1)];
            }
        }

        List<Result> rowsRead = results("{'kind':'detection','layout':'yolov5'}", List.of(rows));
        List<Result> columnsRead =
                results("{'kind':'detection','layout':'yolov8'}", List.of(floats("y", "1 6 3", columns)));
        List<Result> together = results("{'kind':'detection','layout':'yolov5','perClass':false}", List.of(rows));

        assertThat(rowsRead)
                .containsExactly(
                        new Result.Box("class 0", 0, 0.9f, 6, 1.5, 14, 3.5),
                        new Result.Box("class 1", 1, 0.7f, 6, 1.5, 14, 3.5));
        assertThat(columnsRead).isEqualTo(rowsRead);
        assertThat(together).hasSize(1);
    }

    @Test
    void drawsLinesAroundSegments() throws IOException {
        float[] map = new float[100];
        for (int y = 2; y < 6; y++) {
            Arrays.fill(map, y * 10 + 3, y * 10 + 8, 0.9f);
        }
        map[99] = 1;

        List<Result> polygons = results("{'kind':'segmentation'}", List.of(floats("y", "1 1 10 10", map)));
        List<Result> masks = results("{'kind':'segmentation','form':'mask'}", List.of(floats("y", "1 1 10 10", map)));

        assertThat(polygons).hasSize(1);
        Result.Polygon polygon = (Result.Polygon) polygons.get(0);
        assertThat(polygon.points())
                .containsExactly(new Point(12, 2), new Point(32, 2), new Point(32, 6), new Point(12, 6));
        assertThat(polygon.score()).isCloseTo(0.9, ALMOST);
        Result.Mask mask = (Result.Mask) masks.get(0);
        assertThat(mask.pixels().cardinality()).isEqualTo(20 * 4);
        assertThat(mask.pixels().get(2 * 40 + 12)).isTrue();
        assertThat(mask.pixels().get(2 * 40 + 11)).isFalse();
    }

    @Test
    void readsTheClassOfEachPixelFromScoresAndFromNumbers() throws IOException {
        float[] scores = new float[3 * 16];
        long[] classes = new long[16];
        for (int i = 0; i < 16; i++) {
            classes[i] = i % 4 < 2 ? 2 : 0;
            scores[(int) classes[i] * 16 + i] = 5;
        }

        List<Result> fromScores = results("{'kind':'segmentation'}", List.of(floats("y", "1 3 4 4", scores)));
        List<Result> fromNumbers =
                results("{'kind':'segmentation'}", List.of(Tensor.ofLongs("y", new long[] {1, 4, 4}, classes)));

        assertThat(fromScores).hasSize(1);
        assertThat(((Result.Polygon) fromScores.get(0)).number()).isEqualTo(2);
        assertThat(((Result.Polygon) fromScores.get(0)).points())
                .isEqualTo(((Result.Polygon) fromNumbers.get(0)).points())
                .containsExactly(new Point(0, 0), new Point(20, 0), new Point(20, 10), new Point(0, 10));
    }

    @Test
    void followsARegionAroundItsCornersAndLeavesItsHolesOut() {
        boolean[] map = new boolean[49];
        for (int at : new int[] {8, 9, 10, 15, 17, 22, 23, 24, 32}) {
            map[at] = true;
        }

        List<Region> regions = Region.of(map, 7);

        assertThat(regions).hasSize(1);
        assertThat(regions.get(0).outline())
                .containsExactly(
                        new Point(1, 1),
                        new Point(4, 1),
                        new Point(4, 4),
                        new Point(5, 4),
                        new Point(5, 5),
                        new Point(4, 5),
                        new Point(4, 4),
                        new Point(1, 4));
    }

    @Test
    void findsLinesOfTextAndTheirDirection() throws IOException {
        height = 80;
        float[] map = new float[160 * 80];
        for (int y = 10; y < 40; y++) {
            Arrays.fill(map, y * 80 + 10, y * 80 + 60, 0.8f);
        }
        for (int i = 0; i < 50; i++) {
            Arrays.fill(map, (70 + i) * 80 + 10 + i, (70 + i) * 80 + 16 + i, 0.9f);
        }
        map[0] = 1;

        List<Result> lines =
                results("{'kind':'textDetection','dilate':false}", List.of(floats("y", "1 1 160 80", map)));

        assertThat(lines).hasSize(2);
        Result.Polygon level = (Result.Polygon) lines.get(0);
        assertThat(level.label()).isEqualTo("text");
        assertThat(level.points().get(0).x()).isLessThan(5);
        assertThat(level.points().get(0).y()).isEqualTo(level.points().get(1).y());
        Result.Polygon slanted = (Result.Polygon) lines.get(1);
        assertThat(slanted.points().get(1).y())
                .isNotEqualTo(slanted.points().get(0).y());
    }

    @Test
    void findsTheSmallestRectangleAroundPoints() {
        List<Point> diamond =
                List.of(new Point(0, 5), new Point(5, 0), new Point(10, 5), new Point(5, 10), new Point(5, 5));

        Rectangle rectangle = Rectangle.around(Rectangle.hull(diamond));

        assertThat(rectangle.area()).isCloseTo(50, ALMOST);
        assertThat(rectangle.width()).isCloseTo(Math.sqrt(50), ALMOST);
    }

    @Test
    void makesVectors() throws IOException {
        List<Result> plain = results("{'kind':'embedding'}", List.of(floats("y", "1 2", 3, 4)));
        List<Result> ofLengthOne = results("{'kind':'embedding','normalize':true}", List.of(floats("y", "1 2", 3, 4)));
        List<Result> ofTokens = results("{'kind':'embedding'}", List.of(floats("y", "1 2 2", 1, 2, 3, 6)));
        List<Result> ofMaps = results("{'kind':'embedding'}", List.of(floats("y", "1 2 1 2", 1, 3, 4, 6)));

        assertThat(((Result.Embedding) plain.get(0)).vector()).containsExactly(3, 4);
        assertThat(((Result.Embedding) ofLengthOne.get(0)).vector()).containsExactly(0.6f, 0.8f);
        assertThat(((Result.Embedding) ofTokens.get(0)).vector()).containsExactly(2, 4);
        assertThat(((Result.Embedding) ofMaps.get(0)).vector()).containsExactly(2, 5);
    }

    @Test
    void readsTheBeginningAndTheEndOfAFile() {
        ModelDescription model = model(List.of(spec("bytes", DataType.INT32, -1, 8)), spec("y", DataType.FP32, -1, 2));
        ModelConfiguration configuration =
                ModelConfiguration.of(Map.of("input", Map.of("kind", "bytes", "begin", 4, "end", 4)), List.of());
        Predictor predictor = Predictor.of(model, configuration, null, MOST_BYTES);
        Predictor.Prepared prepared = predictor.prepare(" \nabcdef ".getBytes(StandardCharsets.UTF_8));
        Predictor.Prepared little = predictor.prepare("xy".getBytes(StandardCharsets.UTF_8));

        assertThat(prepared.inputs().get(0).floats()).containsExactly('a', 'b', 'c', 'd', 'c', 'd', 'e', 'f');
        assertThat(little.inputs().get(0).floats()).containsExactly('x', 'y', 256, 256, 256, 256, 'x', 'y');
    }

    @Test
    void makesTokensOfATextByTheTokenizerOfTheModel() {
        ModelDescription model = model(
                List.of(spec("input_ids", DataType.INT64, -1, -1), spec("attention_mask", DataType.INT32, -1, -1)),
                spec("y", DataType.FP32, -1, 2));
        ModelConfiguration configuration =
                ModelConfiguration.of(Map.of("input", Map.of("kind", "text", "maxLength", 4)), List.of());
        Predictor predictor = Predictor.of(model, configuration, TOKENIZER, MOST_BYTES);
        List<Tensor> tokens = predictor
                .prepare("Good and BAD, bad, bad".getBytes(StandardCharsets.UTF_8))
                .inputs();

        assertThat(tokens.get(0).floats()).containsExactly(1, 0, 2, 0);
        assertThat(tokens.get(1).floats()).containsExactly(1, 1, 1, 1);
        assertThat(tokens.get(1).type()).isEqualTo(DataType.INT32);
    }

    @Test
    void refusesToTakeTextsWithoutATokenizerThatCanBeRead() throws IOException {
        ModelDescription model =
                model(List.of(spec("input_ids", DataType.INT64, -1, -1)), spec("y", DataType.FP32, -1, 2));
        ModelConfiguration configuration = ModelConfiguration.of(Map.of("input", Map.of("kind", "text")), List.of());

        assertThatThrownBy(() -> Predictor.of(model, configuration, null, MOST_BYTES))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith("configuration.input.tokenizer is missing");
        for (String text : BROKEN_TOKENIZERS) {
            Path broken = Files.writeString(artifact.resolve("broken.json"), text);

            assertThatThrownBy(() -> Predictor.of(model, configuration, broken, MOST_BYTES))
                    .isInstanceOf(InvalidConfiguration.class)
                    .hasMessageStartingWith("configuration.input.tokenizer is no tokenizer");
        }
    }

    @Test
    void givesTensorsAsTheyAreWhenNothingIsKnown() {
        ModelDescription model = model(List.of(spec("a", DataType.FP32, 4)), spec("y", DataType.FP32, 4));
        Predictor predictor = Predictor.of(model, ModelConfiguration.of(Map.of(), List.of()), null, MOST_BYTES);
        Tensor output = floats("y", "4", 1, 2, 3, 4);

        assertThat(predictor.read(new Predictor.Prepared(List.of(), null), List.of(output)))
                .containsExactly(new Result.Raw(output));
        assertThatThrownBy(() -> predictor.prepare(new byte[4])).isInstanceOf(InvalidTensor.class);
    }

    @Test
    void refusesAConfigurationThatTheModelHasNoOutputFor() {
        assertThatThrownBy(() -> results("{'kind':'detection'}", List.of(floats("y", "1 2", 1, 2))))
                .hasMessageStartingWith("configuration.output.boxes is missing: the model has [y]");
        assertThatThrownBy(() -> results("{'output':'z'}", List.of(floats("y", "1 2", 1, 2))))
                .hasMessageStartingWith("configuration.output.output must be one of [y]");
        assertThatThrownBy(() -> results("{}", List.of(floats("y", "1", 1), floats("z", "1", 1))))
                .hasMessageStartingWith("configuration.output.output is missing: the model has [y, z]");
    }

    /** Of a picture of 40 by 10 pixels in a model that takes 20 by 20, which doubles what is wide and halves what is high. */
    private List<Result> results(String output, List<Tensor> outputs) throws IOException {
        Map<String, Object> declared = JsonMapper.shared()
                .readValue("{'output':%s}".formatted(output).replace('\'', '"'), new TypeReference<>() {});
        ModelDescription model = model(
                List.of(PICTURE),
                outputs.stream()
                        .map(tensor -> spec(tensor.name(), tensor.type(), tensor.shape()))
                        .toArray(TensorSpec[]::new));
        Predictor predictor = Predictor.of(model, ModelConfiguration.of(declared, List.of()), null, MOST_BYTES);
        return predictor.read(prepared(predictor), outputs);
    }

    private Predictor.Prepared prepared(Predictor predictor) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(new BufferedImage(40, height, BufferedImage.TYPE_INT_RGB), "png", bytes))
                .isTrue();
        return predictor.prepare(bytes.toByteArray());
    }

    private static ModelDescription model(List<TensorSpec> inputs, TensorSpec... outputs) {
        return new ModelDescription(inputs, List.of(outputs), 17, "", Map.of());
    }

    private static TensorSpec spec(String name, DataType type, long... shape) {
        return new TensorSpec(name, type, Arrays.stream(shape).boxed().toList(), Collections.nCopies(shape.length, ""));
    }

    private static Tensor floats(String name, String shape, float... numbers) {
        return Tensor.ofFloats(
                name, Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray(), numbers);
    }
}
