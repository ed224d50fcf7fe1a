package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The best classes. */
final class Classifications {

    /** Scores that were rounded on their way add up to about 1. */
    private static final double ABOUT = 1e-2;

    private Classifications() {}

    static List<Result> of(
            Tensor output, OutputConfiguration.Classification declared, ModelConfiguration configuration) {
        double[] scores = scores(output.floats(), declared.softmax());
        return IntStream.range(0, scores.length)
                .boxed()
                .filter(number -> scores[number] >= declared.threshold())
                .sorted(Comparator.comparingDouble((Integer number) -> -scores[number]))
                .limit(declared.top())
                .map(number -> (Result) new Result.Classification(configuration.label(number), number, scores[number]))
                .toList();
    }

    /** @param softmax null to see whether they are scores already: none is negative and all together are 1 */
    static double[] scores(float[] values, @Nullable Boolean softmax) {
        double[] scores = new double[values.length];
        double sum = 0;
        boolean isNegative = false;
        for (int i = 0; i < values.length; i++) {
            scores[i] = values[i];
            sum += values[i];
            isNegative |= values[i] < 0;
        }
        boolean areScores = softmax != null ? !softmax : !isNegative && Math.abs(sum - 1) < ABOUT;
        return areScores ? scores : softmax(scores);
    }

    private static double[] softmax(double[] values) {
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            most = Math.max(most, value);
        }
        double sum = 0;
        double[] scores = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            scores[i] = Math.exp(values[i] - most);
            sum += scores[i];
        }
        for (int i = 0; i < values.length; i++) {
            scores[i] /= sum;
        }
        return scores;
    }
}
