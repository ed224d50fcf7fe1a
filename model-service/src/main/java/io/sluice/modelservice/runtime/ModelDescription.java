package io.sluice.modelservice.runtime;

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
}
