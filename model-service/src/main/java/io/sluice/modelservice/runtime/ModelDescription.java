package io.sluice.modelservice.runtime;

import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model says of itself.
 *
 * @param opset version of the standard operators that it is written with
 * @param producer what it was made by; empty when it does not say
 * @param metadata what its makers wrote into it
 */
public record ModelDescription(
        List<TensorSpec> inputs, List<TensorSpec> outputs, int opset, String producer, Map<String, String> metadata) {

    /** Whether requests may be run together when somebody says so: all inputs and outputs have rows. */
    boolean canHaveRows() {
        return !inputs.isEmpty()
                && inputs.stream().allMatch(TensorSpec::hasRows)
                && outputs.stream().allMatch(TensorSpec::hasRows);
    }

    /** Whether the model itself says that the rows of its outputs are those of its inputs. */
    boolean saysRowsBelongTogether() {
        String rows = !canHaveRows() ? "" : inputs.get(0).dimensionNames().get(0);
        return !rows.isEmpty()
                && inputs.stream()
                        .allMatch(input -> input.dimensionNames().get(0).equals(rows))
                && outputs.stream()
                        .allMatch(output -> output.dimensionNames().get(0).equals(rows));
    }

    /**
     * The inputs in the model's order, each of which fits.
     *
     * @param largest bytes of one
     * @throws InvalidTensor with the name of the input as the field
     */
    public List<Tensor> fitting(List<Tensor> given, long largest) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        for (Tensor input : given) {
            if (byName.put(input.name(), input) != null) {
                throw new InvalidTensor(input.name(), "is given twice");
            }
        }
        List<Tensor> ordered = new ArrayList<>();
        for (TensorSpec spec : inputs) {
            Tensor input = byName.remove(spec.name());
            if (input == null) {
                throw new InvalidTensor(spec.name(), "is missing: the model has an input of that name");
            }
            requireFit(spec, input, largest);
            ordered.add(input);
        }
        if (!byName.isEmpty()) {
            throw new InvalidTensor(
                    byName.keySet().iterator().next(),
                    "is no input of the model, which has "
                            + inputs.stream().map(TensorSpec::name).toList());
        }
        return ordered;
    }

    private static void requireFit(TensorSpec spec, Tensor input, long largest) {
        if (input.type() != spec.type()) {
            throw new InvalidTensor(spec.name(), "must be of type " + spec.type() + ", not " + input.type());
        }
        boolean fits = input.rank() == spec.shape().size();
        for (int axis = 0; fits && axis < input.rank(); axis++) {
            long wanted = spec.shape().get(axis);
            fits = wanted < 0 ? input.dimension(axis) > 0 : wanted == input.dimension(axis);
        }
        if (!fits) {
            throw new InvalidTensor(
                    spec.name(),
                    "must be of shape " + spec.shape() + ", where -1 is any number, not "
                            + Arrays.toString(input.shape()));
        }
        if (input.bytes() > largest) {
            throw new InvalidTensor(
                    spec.name(), "has " + input.bytes() + " bytes, more than the " + largest + " that are allowed");
        }
    }
}
