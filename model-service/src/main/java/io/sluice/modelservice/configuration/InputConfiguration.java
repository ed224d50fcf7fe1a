package io.sluice.modelservice.configuration;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How what a client sends becomes the input of a model: {@code configuration.input}. */
public sealed interface InputConfiguration {

    /** What is meant by {@code kind}. */
    enum Kind {
        IMAGE,
        TEXT,
        BYTES,
        TENSOR
    }

    /** How a picture is brought to the input's size. */
    enum Resize {
        /** To exactly the size, whatever that does to its proportions. */
        STRETCH,
        /** As large as fits, in the middle of a field of the colour {@code padColor}. */
        LETTERBOX,
        /** Not at all. */
        NONE
    }

    /** Which side {@code limitSide} is about. */
    enum LimitType {
        /** The shorter side is enlarged to the limit, if it is shorter. */
        MIN,
        /** The longer side is made smaller to the limit, if it is longer. */
        MAX
    }

    /** The order of the channels. */
    enum Color {
        RGB,
        BGR,
        GRAY
    }

    /** The order of the dimensions. */
    enum Layout {
        NCHW,
        NHWC
    }

    /**
     * A picture.
     *
     * @param name of the model's input; null when it has only one
     * @param resize default stretch
     * @param width in pixels, where the model leaves it open
     * @param height as well
     * @param limitSide in pixels, instead of width and height: the picture keeps its proportions
     * @param limitType default min
     * @param multipleOf both sides are rounded to multiples of it; default 1, with limitSide 32
     * @param color null for rgb, or gray where the model has one channel
     * @param layout null for what the input's shape says
     * @param scale what a value of 0 to 255 is multiplied by; null for 1/255, or 1 where the input is of whole numbers
     * @param mean subtracted after that, for each channel in the order of {@code color}; default 0
     * @param std divided by after that; default 1
     * @param padColor of a letterbox, 0 to 255; default 114
     * @param batchSize how many pictures a run takes; null for what the service is set to, if the model can
     */
    record Image(
            @Nullable String name,
            Resize resize,
            @Nullable Integer width,
            @Nullable Integer height,
            @Nullable Integer limitSide,
            LimitType limitType,
            int multipleOf,
            @Nullable Color color,
            @Nullable Layout layout,
            @Nullable Double scale,
            List<Double> mean,
            List<Double> std,
            List<Double> padColor,
            @Nullable Integer batchSize)
            implements InputConfiguration {}

    /**
     * A text, by the tokenizer of the model.
     *
     * @param tokenizer file of the model's artifact in the format of Hugging Face's tokenizers; default tokenizer.json
     * @param maxLength tokens, what is longer is cut off; default 512
     */
    record Text(String tokenizer, int maxLength, @Nullable Integer batchSize) implements InputConfiguration {}

    /**
     * The first and last bytes of any file, one number for each.
     *
     * @param begin bytes from its beginning; default 1024
     * @param end bytes from its end; default 1024
     * @param padding stands for each that is missing in a short one; default 256
     * @param strip whether white space at its beginning and end is left out; default true
     */
    record Bytes(
            @Nullable String name,
            int begin,
            int end,
            int padding,
            boolean strip,
            @Nullable Integer batchSize) implements InputConfiguration {}

    /** The client sends tensors itself. */
    record Tensors(@Nullable Integer batchSize) implements InputConfiguration {}

    /** How many rows a run takes; null when it is not declared. */
    @Nullable
    Integer batchSize();
}
