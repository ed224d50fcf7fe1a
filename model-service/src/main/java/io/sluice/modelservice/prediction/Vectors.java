package io.sluice.modelservice.prediction;

import io.sluice.modelservice.tensor.Tensor;

/** One vector for the whole. */
final class Vectors {

    private Vectors() {}

    /** Of a vector for each token the mean, and of a map for each feature the mean of the map. */
    static Result of(Tensor output, boolean isNormalized) {
        float[] numbers = output.floats();
        float[] vector = switch (output.rank()) {
            case 0, 1 -> numbers;
            case 2 -> mean(numbers, (int) output.dimension(1), 1, (int) output.dimension(1));
            case 3 -> {
                int places = (int) (output.dimension(1) * output.dimension(2));
                yield mean(numbers, (int) output.dimension(0), places, 1);
            }
            default -> throw Outputs.unexpected(output, "a vector");
        };
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        for (int i = 0; isNormalized && squares > 0 && i < vector.length; i++) {
            vector[i] = (float) (vector[i] / Math.sqrt(squares));
        }
        return new Result.Embedding(vector);
    }

    /**
     * @param length of the vector
     * @param step from one of its numbers to the next
     * @param next from a number to the next one of which it is the mean
     */
    private static float[] mean(float[] numbers, int length, int step, int next) {
        float[] mean = new float[length];
        int count = length == 0 ? 0 : numbers.length / length;
        for (int i = 0; i < length; i++) {
            double sum = 0;
            for (int other = 0; other < count; other++) {
                sum += numbers[i * step + other * next];
            }
            mean[i] = (float) (sum / count);
        }
        return mean;
    }
}
