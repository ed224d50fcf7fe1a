package io.sluice.modelservice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class OnnxRuntimeTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMillis(400);
    private static final String PROJECT = "project";

    private OnnxRuntime runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(100), 100, Duration.ofSeconds(30)));

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        runtime.close();
    }

    @Test
    void startsNotAtAllWithAProviderThatCannotBeHad() {
        RuntimeProperties cuda = RuntimePropertiesTests.bound(Map.of("model-service.runtime.provider", "cuda"));

        assertThatThrownBy(() -> new OnnxRuntime(cuda))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("model-service.runtime.provider is cuda")
                .hasMessageContaining("build with the profile cuda");
    }

    @Test
    void describesAModel() {
        ModelDescription colours = Objects.requireNonNull(
                runtime.describe(model("colours"), PROJECT).block(PATIENCE));

        assertThat(colours.inputs())
                .containsExactly(new TensorSpec(
                        "picture", DataType.FP32, List.of(-1L, 3L, 8L, 8L), List.of("batch", "", "", "")));
        assertThat(colours.outputs()).extracting(TensorSpec::name).containsExactly("logits");
        assertThat(colours.opset()).isEqualTo(17);
        assertThat(colours.producer()).isEqualTo("sluice-tests");
    }

    @Test
    void refusesAFileThatIsNoModelOrCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(model("colours").fileHere());
        Path file = folder.resolve("x.onnx");
        for (byte[] bytes : List.of(new byte[0], "ORTM, or not".getBytes(StandardCharsets.UTF_8), new byte[1000])) {
            Files.write(file, bytes);
            assertRefused(new ModelSource("none", file, null), "ONNX model");
        }
        for (int length = 1; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> OnnxFile.read(file, 1_000)).isInstanceOf(ModelRefused.class);
        }
        assertRefused(model("truncated"), "damaged or cut off");
        assertRefused(new ModelSource("gone", folder.resolve("gone"), null), "cannot be read");
    }

    @Test
    void neverStumblesOverAFileOfAnyBytes() throws IOException {
        Random random = new Random(1);
        byte[] whole = Files.readAllBytes(model("endless").fileHere());
        Path file = folder.resolve("x.onnx");
        for (int i = 0; i < 500; i++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            Files.write(file, broken);
            try {
                OnnxFile.read(file, 1_000);
            } catch (ModelRefused isAnAnswer) {
                assertThat(isAnAnswer.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void refusesWeightsOutsideOfTheFile() {
        assertRefused(model("outside"), "keeps weights outside of its file");
    }

    @Test
    void refusesOperatorsOfNobody() {
        assertRefused(model("foreign"), "com.example.Anything");
    }

    @Test
    void refusesAModelThatIsTooLarge() {
        runtime.close();
        runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(10), 100, Duration.ofSeconds(30)));

        assertRefused(model("colours"), "memory");
        assertThatThrownBy(() -> OnnxFile.read(model("colours").fileHere(), 100))
                .hasMessageContaining("209 bytes");
    }

    @Test
    void runsAModel() {
        List<Tensor> outputs =
                Objects.requireNonNull(infer(model("fixed"), four("in")).block(PATIENCE));
        Tensor twice = outputs.get(0);

        assertThat(twice.name()).isEqualTo("out");
        assertThat(twice.shape()).containsExactly(1, 4);
        assertThat(twice.floats()).containsExactly(2, 4, 6, 8);
    }

    @Test
    void givesEachOfManyRequestsItsOwnRows() {
        List<List<Tensor>> answers = Flux.range(0, 90)
                .flatMap(
                        i -> infer(model("identity"), rows(i, 1 + i % 3), texts(i, 1 + i % 3))
                                .map(outputs -> {
                                    assertThat(outputs.get(0).floats())
                                            .containsExactly(rows(i, 1 + i % 3).floats());
                                    assertThat(outputs.get(1).texts())
                                            .containsExactlyElementsOf(
                                                    texts(i, 1 + i % 3).texts());
                                    return outputs;
                                }),
                        45)
                .collectList()
                .block(PATIENCE);

        assertThat(answers).hasSize(90);
    }

    @Test
    void failsOnlyTheBadOneOfRequestsThatRunTogether() {
        List<String> answers = Flux.range(0, 40)
                .flatMapSequential(
                        i -> infer(model("lookup"), Tensor.ofLongs("index", new long[] {1}, i == 20 ? 99 : i % 10))
                                .map(outputs -> "" + outputs.get(0).data().getLong())
                                .onErrorResume(InferenceFailed.class, failure -> Mono.just("failed")),
                        40)
                .collectList()
                .block(PATIENCE);

        assertThat(answers)
                .isEqualTo(IntStream.range(0, 40)
                        .mapToObj(i -> i == 20 ? "failed" : "" + i % 10 * (i % 10))
                        .toList());
    }

    @Test
    void saysWhichInputIsWrong() {
        assertInvalid("in is missing: the model has an input of that name");
        assertInvalid("in is given twice", four("in"), four("in"));
        assertInvalid("other is no input of the model, which has [in]", four("in"), four("other"));
        assertInvalid("in must be of type FP32, not INT64", Tensor.ofLongs("in", new long[] {1, 4}, 1, 2, 3, 4));
        assertInvalid(
                "in must be of shape [1, 4], where -1 is any number, not [4]",
                four("in").shaped(4));
    }

    @Test
    void refusesARunThatNeedsTooMuchMemory() {
        long[] shape = {60_000, 3, 8, 8};
        ByteBuffer data = ByteBuffer.allocate(60_000 * 3 * 64 * 4);
        Tensor large = Tensor.of("picture", DataType.FP32, shape, data);

        assertThatThrownBy(() -> infer(model("colours"), large).block(PATIENCE))
                .isInstanceOf(InvalidTensor.class)
                .hasMessageContaining("allowed");
    }

    @Test
    void stopsAModelThatDoesNotEndWhileOthersRun() {
        runtime.close();
        runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(100), 100, Duration.ofSeconds(4)));
        runtime.describe(model("endless"), "hostile").block(PATIENCE);
        List<CompletableFuture<List<Tensor>>> endless = new ArrayList<>();

        for (int i = 0; i < 6; i++) {
            endless.add(
                    runtime.infer(model("endless"), "hostile", List.of(step())).toFuture());
        }
        List<Tensor> other = infer(model("fixed"), four("in")).block(PATIENCE);

        assertThat(other).hasSize(1);
        assertThat(endless).noneMatch(CompletableFuture::isDone);
        assertThat(endless)
                .allSatisfy(one -> assertThatThrownBy(() -> one.get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(RuntimeException.class)
                        .cause()
                        .isInstanceOfAny(TookTooLong.class, Busy.class));
        assertThatThrownBy(() -> runtime.infer(model("endless"), "hostile", List.of(step()))
                        .block(PATIENCE))
                .isInstanceOf(TookTooLong.class)
                .hasMessageContaining("4000 ms");
    }

    @Test
    void computesNothingWhileAModelIsLoadedThatCouldNotBeStopped() {
        runtime.close();
        runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(100), 100, LIMIT));

        assertThatThrownBy(() -> infer(model("laborious"), Tensor.ofFloats("in", new long[] {1}, 1))
                        .block(PATIENCE))
                .isInstanceOf(TookTooLong.class);
    }

    @Test
    void freesTheThreadOfARequestThatIsGivenUp() {
        runtime.describe(model("endless"), PROJECT).block(PATIENCE);

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> infer(model("endless"), step())
                            .timeout(Duration.ofMillis(100))
                            .block(PATIENCE))
                    .hasCauseInstanceOf(TimeoutException.class);
        }

        assertThat(infer(model("fixed"), four("in")).block(PATIENCE)).hasSize(1);
    }

    @Test
    void refusesMoreRequestsThanTheQueueHolds() {
        runtime.close();
        runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(100), 10, Duration.ofSeconds(2)));
        runtime.describe(model("endless"), PROJECT).block(PATIENCE);

        List<Class<?>> answers = Flux.range(0, 30)
                .flatMap(
                        i -> infer(model("endless"), step())
                                .<Class<?>>map(Object::getClass)
                                .onErrorResume(failure -> Mono.just(failure.getClass())),
                        30)
                .take(20)
                .collectList()
                .block(PATIENCE);

        assertThat(answers).hasSize(20).containsOnly(Busy.class);
    }

    @Test
    void keepsWithinItsMemoryByUnloadingTheModelThatWasUsedLeastRecently() throws IOException {
        runtime.close();
        runtime = new OnnxRuntime(properties(DataSize.ofMegabytes(40), 100, Duration.ofSeconds(30)));

        for (String name : List.of("a", "b", "a", "c")) {
            Path copy = folder.resolve(name);
            Files.copy(model("fixed").fileHere(), copy, StandardCopyOption.REPLACE_EXISTING);
            assertThat(infer(new ModelSource(name, copy, null), four("in")).block(PATIENCE))
                    .hasSize(1);
        }

        assertThat(runtime.loaded()).containsExactly("a", "c");
        assertThat(infer(new ModelSource("b", folder.resolve("b"), null), four("in"))
                        .block(PATIENCE))
                .hasSize(1);
        assertThat(runtime.loaded()).containsExactly("c", "b");
        runtime.unload("b");
        assertThat(runtime.loaded()).containsExactly("c");
    }

    @Test
    void answersEveryoneWhenItEnds() {
        runtime.describe(model("endless"), PROJECT).block(PATIENCE);
        List<CompletableFuture<List<Tensor>>> waiting = IntStream.range(0, 20)
                .mapToObj(i -> infer(model("endless"), step()).toFuture())
                .toList();

        runtime.close();

        assertThat(waiting)
                .allSatisfy(one -> assertThatThrownBy(() -> one.get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(RuntimeException.class));
        assertThatThrownBy(() -> infer(model("fixed"), four("in")).block(PATIENCE))
                .isInstanceOf(Busy.class);
    }

    private void assertRefused(ModelSource model, String reason) {
        assertThatThrownBy(() -> runtime.describe(model, PROJECT).block(PATIENCE))
                .isInstanceOf(ModelRefused.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining(model.fileHere().toString());
    }

    private void assertInvalid(String message, Tensor... inputs) {
        assertThatThrownBy(() -> infer(model("fixed"), inputs).block(PATIENCE))
                .isInstanceOf(InvalidTensor.class)
                .hasMessage(message);
    }

    private Mono<List<Tensor>> infer(ModelSource model, Tensor... inputs) {
        return runtime.infer(model, PROJECT, List.of(inputs));
    }

    private static Tensor four(String name) {
        return Tensor.ofFloats(name, new long[] {1, 4}, 1, 2, 3, 4);
    }

    private static Tensor step() {
        return Tensor.ofFloats("step", new long[] {1}, 1);
    }

    private static Tensor rows(int start, int count) {
        float[] numbers = new float[count * 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = start * 100 + i;
        }
        return Tensor.ofFloats("in", new long[] {count, 2}, numbers);
    }

    private static Tensor texts(int start, int count) {
        return Tensor.ofTexts(
                "text",
                new long[] {count},
                IntStream.range(0, count)
                        .mapToObj(i -> "text " + start + "." + i)
                        .toArray(String[]::new));
    }

    private static ModelSource model(String name) {
        return new ModelSource(name, Path.of("src/test/models", name + ".onnx"), null);
    }

    private static RuntimeProperties properties(DataSize memory, int queue, Duration longest) {
        DataSize largest = DataSize.ofMegabytes(32);
        return new RuntimeProperties(
                memory,
                3,
                1,
                queue,
                largest,
                Duration.ofMillis(2),
                8,
                longest,
                DataSize.ofMegabytes(8),
                DataSize.ofMegabytes(64),
                largest,
                RuntimeProperties.Provider.CPU,
                0);
    }
}
