package io.sluice.modelservice.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PictureInputTests {

    private static final long MOST_BYTES = 1_000_000;
    private static final Offset<Float> ALMOST = Offset.offset(1e-6f);

    /** Two pixels, (0, 51, 102) and (153, 204, 255). */
    private static final Picture TWO = Picture.of(2, 1, new byte[] {0, 51, 102, (byte) 153, (byte) 204, (byte) 255});

    @Test
    void makesValuesFromZeroToOneInTheLayoutOfTheInput() {
        Tensor first = prepared(Map.of(), DataType.FP32, 1, 3, 1, 2).tensor();
        Tensor last = prepared(Map.of(), DataType.FP32, -1, 1, 2, 3).tensor();

        assertThat(first.shape()).containsExactly(1, 3, 1, 2);
        assertThat(first.floats()).containsExactly(new float[] {0, .6f, .2f, .8f, .4f, 1}, ALMOST);
        assertThat(last.shape()).containsExactly(1, 1, 2, 3);
        assertThat(last.floats()).containsExactly(new float[] {0, .2f, .4f, .6f, .8f, 1}, ALMOST);
    }

    @Test
    void appliesColourScaleMeanAndDeviation() {
        Map<String, Object> declared =
                Map.of("color", "bgr", "scale", 1, "mean", List.of(2, 1, 0), "std", List.of(100, 50, 1));

        assertThat(prepared(declared, DataType.FP32, 1, 3, 1, 2).tensor().floats())
                .containsExactly(new float[] {1, 2.53f, 1, 4.06f, 0, 153}, ALMOST);
    }

    @Test
    void makesGrayForAModelWithOneChannel() {
        Tensor gray = prepared(Map.of("scale", 1), DataType.FP32, 1, 1, 1, 2).tensor();

        assertThat(gray.floats()).containsExactly(42, 195);
    }

    @Test
    void givesWholeNumbersToAModelThatTakesThem() {
        Tensor whole = prepared(Map.of(), DataType.UINT8, 1, 1, 2, 3).tensor();

        assertThat(whole.floats()).containsExactly(0, 51, 102, 153, 204, 255);
    }

    @Test
    void keepsProportionsInALetterbox() {
        PictureTensor boxed = prepared(Map.of("resize", "letterbox", "scale", 1), DataType.FP32, 1, 3, 4, 4);

        assertThat(boxed.frame()).isEqualTo(new PictureFrame(2, 1, 4, 4, 0, 1, 4, 2));
        assertThat(boxed.tensor().floats())
                .startsWith(114, 114, 114, 114, 0, 38, 115, 153)
                .endsWith(114, 114, 114, 114);
        assertThat(boxed.frame().x(2)).isEqualTo(1);
        assertThat(boxed.frame().y(2)).isEqualTo(0.5);
        assertThat(boxed.frame().y(0)).isZero();
    }

    @Test
    void keepsALimitOfTheSides() {
        Picture picture = Picture.of(1003, 517, new byte[1003 * 517 * 3]);
        long most = 100_000_000;

        assertThat(input(Map.of("limitSide", 736), most)
                        .prepare(picture)
                        .tensor()
                        .shape())
                .containsExactly(1, 3, 736, 1440);
        assertThat(input(Map.of("limitSide", 640, "limitType", "max"), most)
                        .prepare(picture)
                        .tensor()
                        .shape())
                .containsExactly(1, 3, 320, 640);
        assertThat(input(Map.of("resize", "none"), most)
                        .prepare(picture)
                        .tensor()
                        .shape())
                .containsExactly(1, 3, 517, 1003);
    }

    @Test
    void refusesAPictureThatWouldMakeTooLargeAnInput() {
        Picture thin = Picture.of(10_000, 1, new byte[30_000]);

        assertThatThrownBy(() -> input(Map.of("limitSide", 736), MOST_BYTES).prepare(thin))
                .isInstanceOf(InvalidPicture.class)
                .hasMessageContaining("input of 7360000 x 736 pixels");
    }

    @Test
    void refusesAConfigurationThatDoesNotFitTheModel() {
        assertRefused("configuration.input.width must be 2", Map.of("width", 3, "height", 1), 1, 3, 1, 2);
        assertRefused("configuration.input.color does not fit", Map.of("color", "gray"), 1, 3, 1, 2);
        assertRefused("configuration.input.layout does not fit", Map.of("layout", "nhwc"), 1, 3, 1, 2);
        assertRefused("configuration.input.height is missing", Map.of(), 1, 3, -1, -1);
        assertRefused("configuration.input.kind cannot be image", Map.of(), 1, 2048);
        assertRefused("configuration.input.kind cannot be image", Map.of(), 4, 3, 8, 8);
    }

    private static void assertRefused(String message, Map<String, Object> declared, long... shape) {
        assertThatThrownBy(() -> prepared(declared, DataType.FP32, shape))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageStartingWith(message);
    }

    private static PictureTensor prepared(Map<String, Object> declared, DataType type, long... shape) {
        List<Long> dimensions = Arrays.stream(shape).boxed().toList();
        TensorSpec spec = new TensorSpec("x", type, dimensions, Collections.nCopies(shape.length, ""));
        return PictureInput.of(image(declared), spec, MOST_BYTES).prepare(TWO);
    }

    private static PictureInput input(Map<String, Object> declared, long mostBytes) {
        TensorSpec spec = new TensorSpec("x", DataType.FP32, List.of(-1L, 3L, -1L, -1L), Collections.nCopies(4, ""));
        return PictureInput.of(image(declared), spec, mostBytes);
    }

    private static InputConfiguration.Image image(Map<String, Object> declared) {
        return (InputConfiguration.Image) Objects.requireNonNull(
                ModelConfiguration.of(Map.of("input", declared), List.of()).input());
    }
}
