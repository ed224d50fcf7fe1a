package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.picture.InvalidPicture;
import io.sluice.modelservice.picture.Picture;
import io.sluice.modelservice.picture.PictureFrame;
import io.sluice.modelservice.picture.PictureInput;
import io.sluice.modelservice.picture.PictureTensor;
import io.sluice.modelservice.runtime.InferenceFailed;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What happens around the run of a model: bytes become its inputs before, and its outputs results after it. It keeps no
 * state of a request, so one serves all of a model; what it does takes processor time, so it is not for an event loop.
 */
public final class Predictor {

    private final InputConfiguration input;
    private final OutputConfiguration output;
    private final ModelConfiguration configuration;
    private final @Nullable PictureInput pictures;
    private final @Nullable TextInput texts;
    private final @Nullable FileInput files;
    private final @Nullable Detections detections;
    private final String outputName;

    private Predictor(
            ModelDescription model, ModelConfiguration configuration, @Nullable Path tokenizer, long mostBytes) {
        this.configuration = configuration;
        input = configuration.input() != null ? configuration.input() : usualInput(model);
        output = configuration.output() != null ? configuration.output() : usualOutput(model);
        pictures = input instanceof InputConfiguration.Image image
                ? PictureInput.of(image, input(model, image.name()), mostBytes)
                : null;
        files = input instanceof InputConfiguration.Bytes bytes
                ? new FileInput(bytes, input(model, bytes.name()))
                : null;
        detections = output instanceof OutputConfiguration.Detection detection
                ? new Detections(detection, configuration, model.outputs())
                : null;
        outputName = outputName(model.outputs());
        if (pictures == null
                && (detections != null
                        || output instanceof OutputConfiguration.Segmentation
                        || output instanceof OutputConfiguration.TextDetection)) {
            throw new InvalidConfiguration("configuration.output.kind", "needs an input of kind image");
        }
        texts = input instanceof InputConfiguration.Text text ? TextInput.of(text, tokenizer, model.inputs()) : null;
    }

    /**
     * For a model with its configuration.
     *
     * @param tokenizer file of the one that the configuration names; null when there is none
     * @param mostBytes that an input may have
     * @throws InvalidConfiguration when they do not go together
     */
    public static Predictor of(
            ModelDescription model, ModelConfiguration configuration, @Nullable Path tokenizer, long mostBytes) {
        return new Predictor(model, configuration, tokenizer, mostBytes);
    }

    private static InputConfiguration usualInput(ModelDescription model) {
        TensorSpec only = model.inputs().size() == 1 ? model.inputs().get(0) : null;
        boolean isPicture = only != null && PictureInput.canBePicture(only) && isOfOneSize(only);
        return isPicture
                ? Objects.requireNonNull(ModelConfiguration.of(Map.of("input", Map.of()), List.of())
                        .input())
                : new InputConfiguration.Tensors(null);
    }

    private static boolean isOfOneSize(TensorSpec input) {
        return input.shape().stream().skip(input.shape().size() == 4 ? 1 : 0).allMatch(side -> side > 0);
    }

    private OutputConfiguration usualOutput(ModelDescription model) {
        boolean isClassifier = !(input instanceof InputConfiguration.Tensors)
                && model.outputs().size() == 1
                && model.outputs().get(0).type().isFloating()
                && model.outputs().get(0).shape().size() <= 2;
        return isClassifier ? new OutputConfiguration.Classification(null, null, 1, 0) : new OutputConfiguration.Raw();
    }

    private static TensorSpec input(ModelDescription model, @Nullable String name) {
        List<TensorSpec> inputs = model.inputs();
        if (inputs.size() != 1) {
            throw new InvalidConfiguration(
                    "configuration.input.kind", "must be tensor: the model has " + inputs.size() + " inputs");
        }
        if (name != null && !inputs.get(0).name().equals(name)) {
            throw new InvalidConfiguration(
                    "configuration.input.name", "must be " + inputs.get(0).name());
        }
        return inputs.get(0);
    }

    /** Empty for those that have several, or take all. */
    private String outputName(List<TensorSpec> outputs) {
        if (output instanceof OutputConfiguration.Classification classification) {
            return Outputs.named(outputs, classification.output(), "output");
        } else if (output instanceof OutputConfiguration.Segmentation segmentation) {
            return Outputs.named(outputs, segmentation.output(), "output");
        } else if (output instanceof OutputConfiguration.TextDetection textDetection) {
            return Outputs.named(outputs, textDetection.output(), "output");
        } else if (output instanceof OutputConfiguration.Embedding embedding) {
            return Outputs.named(outputs, embedding.output(), "output");
        }
        return "";
    }

    /** What the model takes. */
    public InputConfiguration input() {
        return input;
    }

    /** What is made of what it gives. */
    public OutputConfiguration output() {
        return output;
    }

    /**
     * The inputs of a run, and what is needed to understand its outputs.
     *
     * @param frame where the picture lies in the input; null when it was none
     */
    public record Prepared(List<Tensor> inputs, @Nullable PictureFrame frame) {}

    /**
     * Makes inputs of a picture, a text (UTF-8) or a file, whichever the model takes.
     *
     * @throws InvalidPicture when it is none
     * @throws InvalidTensor when the model takes tensors only
     */
    public Prepared prepare(byte[] content) {
        if (pictures != null) {
            PictureTensor picture = pictures.prepare(Picture.read(content));
            return new Prepared(List.of(picture.tensor()), picture.frame());
        }
        if (texts != null) {
            return new Prepared(texts.prepare(content), null);
        }
        if (files != null) {
            return new Prepared(List.of(files.prepare(content)), null);
        }
        throw new InvalidTensor("inputs", "must be tensors: the model's configuration declares no other input");
    }

    /**
     * Makes results of outputs.
     *
     * @param outputs of the run, all of them
     * @throws InferenceFailed when they are not what the configuration says
     */
    public List<Result> read(Prepared prepared, List<Tensor> outputs) {
        if (output instanceof OutputConfiguration.Raw || prepared.frame() == null && pictures != null) {
            return outputs.stream()
                    .map(tensor -> (Result) new Result.Raw(tensor))
                    .toList();
        }
        if (output instanceof OutputConfiguration.Classification classification) {
            return Classifications.of(Outputs.of(outputs, outputName, 1), classification, configuration);
        }
        if (output instanceof OutputConfiguration.Embedding embedding) {
            return List.of(Vectors.of(Outputs.of(outputs, outputName, 1), embedding.normalize()));
        }
        PictureFrame frame = Objects.requireNonNull(prepared.frame());
        if (output instanceof OutputConfiguration.Segmentation segmentation) {
            return Segments.of(Outputs.of(outputs, outputName, 2), segmentation, configuration, frame);
        }
        if (output instanceof OutputConfiguration.TextDetection textDetection) {
            return TextLines.of(Outputs.of(outputs, outputName, 2), textDetection, frame);
        }
        return Objects.requireNonNull(detections).of(outputs, frame);
    }
}
