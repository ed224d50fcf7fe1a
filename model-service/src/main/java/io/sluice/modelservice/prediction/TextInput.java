package io.sluice.modelservice.prediction;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tokens of a text, by the tokenizer that a model ships. */
final class TextInput implements AutoCloseable {

    private static final String FIELD = "configuration.input.tokenizer";
    private static final long LARGEST_TOKENIZER = 64L * 1024 * 1024;
    private static final int LONGEST_TEXT = 1024 * 1024;

    static {
        // Whatever is not in its jar it would fetch from the network; on a machine with a graphics card that is another
        // build.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
    }

    private final HuggingFaceTokenizer tokenizer;
    private final List<TensorSpec> inputs;

    private TextInput(HuggingFaceTokenizer tokenizer, List<TensorSpec> inputs) {
        this.tokenizer = tokenizer;
        this.inputs = inputs;
    }

    static TextInput of(InputConfiguration.Text declared, Path artifact, List<TensorSpec> inputs) {
        for (TensorSpec input : inputs) {
            boolean isTokens =
                    List.of("input_ids", "attention_mask", "token_type_ids").contains(input.name());
            if (!isTokens || input.type() != DataType.INT64 && input.type() != DataType.INT32) {
                throw new InvalidConfiguration(
                        "configuration.input.kind",
                        "cannot be text: the model's input " + input.name() + " is not input_ids, attention_mask or "
                                + "token_type_ids of whole numbers");
            }
        }
        Path file = artifact.resolve(declared.tokenizer()).normalize();
        if (!file.startsWith(artifact.normalize())) {
            throw new InvalidConfiguration(FIELD, "must be a file of the artifact");
        }
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_TOKENIZER) {
                throw new InvalidConfiguration(
                        FIELD, "must be a file of the artifact with " + LARGEST_TOKENIZER + " bytes at most");
            }
            return new TextInput(
                    HuggingFaceTokenizer.newInstance(
                            file,
                            Map.of("truncation", "true", "padding", "false", "maxLength", "" + declared.maxLength())),
                    inputs);
        } catch (IOException | RuntimeException broken) {
            throw broken instanceof InvalidConfiguration known
                    ? known
                    : new InvalidConfiguration(FIELD, "is no tokenizer that can be read");
        }
    }

    List<Tensor> prepare(byte[] text) {
        if (text.length > LONGEST_TEXT) {
            throw new InvalidTensor("the text", "is longer than " + LONGEST_TEXT + " bytes");
        }
        Encoding encoding = tokenizer.encode(new String(text, StandardCharsets.UTF_8));
        List<Tensor> tensors = new ArrayList<>();
        for (TensorSpec input : inputs) {
            long[] numbers = switch (input.name()) {
                case "input_ids" -> encoding.getIds();
                case "attention_mask" -> encoding.getAttentionMask();
                default -> encoding.getTypeIds();
            };
            tensors.add(tensor(input, numbers));
        }
        return tensors;
    }

    private static Tensor tensor(TensorSpec input, long[] numbers) {
        int size = input.type().size();
        ByteBuffer data = ByteBuffer.allocate(numbers.length * size).order(ByteOrder.LITTLE_ENDIAN);
        for (long number : numbers) {
            if (size == Integer.BYTES) {
                data.putInt((int) number);
            } else {
                data.putLong(number);
            }
        }
        return Tensor.of(input.name(), input.type(), new long[] {1, numbers.length}, data.flip());
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
