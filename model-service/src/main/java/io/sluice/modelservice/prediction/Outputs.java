package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.runtime.InferenceFailed;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds outputs by their names, and takes the first row of them. */
final class Outputs {

    private Outputs() {}

    /**
     * The output of that name, or the only one.
     *
     * @param field that has the name
     */
    static String named(List<TensorSpec> outputs, @Nullable String name, String field) {
        if (name == null && outputs.size() == 1) {
            return outputs.get(0).name();
        }
        return outputs.stream()
                .map(TensorSpec::name)
                .filter(output -> output.equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidConfiguration(
                        "configuration.output." + field,
                        (name == null ? "is missing: the model has " : "must be one of ")
                                + outputs.stream().map(TensorSpec::name).toList()));
    }

    /** The output of that name; without one the first whose name has any of these words in it. */
    static Optional<String> like(List<TensorSpec> outputs, @Nullable String name, String field, String... words) {
        if (name != null) {
            return Optional.of(named(outputs, name, field));
        }
        return outputs.stream()
                .map(TensorSpec::name)
                .filter(output -> Arrays.stream(words)
                        .anyMatch(word -> output.toLowerCase(Locale.ROOT).contains(word)))
                .findFirst();
    }

    /** Without a first dimension of 1, as long as it has more than so many. */
    static Tensor of(List<Tensor> outputs, String name, int rank) {
        for (Tensor output : outputs) {
            if (output.name().equals(name)) {
                if (output.type() == DataType.BYTES) {
                    throw unexpected(output, "numbers");
                }
                long[] shape = output.shape();
                int from = 0;
                while (shape.length - from > rank && shape[from] == 1) {
                    from++;
                }
                return output.shaped(Arrays.copyOfRange(shape, from, shape.length));
            }
        }
        throw new InferenceFailed("The model gave no " + name);
    }

    static InferenceFailed unexpected(Tensor output, String expected) {
        return new InferenceFailed("The output " + output.name() + " of shape " + Arrays.toString(output.shape())
                + " is not what the model's configuration says it is: " + expected);
    }
}
