package io.sluice.modelservice.prediction;

import ai.djl.huggingface.tokenizers.Encoding;
import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tokens of a text, by the tokenizer that a model ships. */
final class TextInput {

    private static final int LONGEST_TEXT = 1024 * 1024;

    private final Tokenizer tokenizer;
    private final List<TensorSpec> inputs;

    private TextInput(Tokenizer tokenizer, List<TensorSpec> inputs) {
        this.tokenizer = tokenizer;
        this.inputs = inputs;
    }

    /** @param tokenizer null when the model has none */
    static TextInput of(InputConfiguration.Text declared, @Nullable Path tokenizer, List<TensorSpec> inputs) {
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
        if (tokenizer == null) {
            throw new InvalidConfiguration(
                    Tokenizer.FIELD,
                    "is missing: none of the model's artifacts is a file called " + declared.tokenizer());
        }
        return new TextInput(Tokenizer.read(tokenizer, declared.maxLength()), inputs);
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
}
