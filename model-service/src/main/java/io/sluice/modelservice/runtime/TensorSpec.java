package io.sluice.modelservice.runtime;

import io.sluice.modelservice.tensor.DataType;
import java.util.List;

/**
 * An input or output of a model.
 *
 * @param shape −1 for what a request chooses
 * @param dimensionNames what the model calls those; empty texts where it does not
 */
public record TensorSpec(String name, DataType type, List<Long> shape, List<String> dimensionNames) {

    /** Whether its first dimension is the request's choice, so that rows of several can go one below the other. */
    boolean hasRows() {
        return !shape.isEmpty() && shape.get(0) < 0;
    }
}
