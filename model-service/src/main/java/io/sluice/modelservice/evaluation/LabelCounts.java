package io.sluice.modelservice.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What was counted of one label. Confidences are counted in thousandths, so it is as large for a million items as for ten
 * thousand.
 */
final class LabelCounts {

    /** How far two areas must overlap to be the same. Classes have no area: with them only the first counts. */
    static final List<Double> OVERLAPS =
            IntStream.range(0, 10).mapToObj(step -> (50 + 5 * step) / 100.0).toList();

    /** Recalls at which precision is asked for, as COCO does. */
    private static final int RECALLS = 100;

    private static final int STEPS = 1_000;

    /** How many there are. */
    long actual;

    /** How many the model says, by confidence. */
    final TreeMap<Integer, Long> said = new TreeMap<>();

    /** How many of these are right, by confidence, for each of the overlaps. */
    final List<TreeMap<Integer, Long>> right = new ArrayList<>();

    /** What the model says where this label is, at the first of the overlaps. */
    final Map<String, Long> taken = new HashMap<>();

    LabelCounts() {
        OVERLAPS.forEach(overlap -> right.add(new TreeMap<>()));
    }

    static int step(double score) {
        return (int) Math.max(0, Math.min(STEPS, score * STEPS));
    }

    void say(double score) {
        said.merge(step(score), 1L, Long::sum);
    }

    void beRight(int overlap, double score) {
        right.get(overlap).merge(step(score), 1L, Long::sum);
    }

    void take(String label) {
        taken.merge(label, 1L, Long::sum);
    }

    long saidInAll() {
        return sum(said);
    }

    long rightInAll(int overlap) {
        return sum(right.get(overlap));
    }

    private static long sum(Map<Integer, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Of what the model says; 0 when it says nothing. */
    double precision() {
        return part(rightInAll(0), saidInAll());
    }

    /** Of what there is; 0 when there is nothing. */
    double recall() {
        return part(rightInAll(0), actual);
    }

    double f1() {
        return part(2 * rightInAll(0), saidInAll() + actual);
    }

    static double part(double some, double all) {
        return all == 0 ? 0 : some / all;
    }

    /**
     * The best precision that is to be had with at least a recall, for each recall of 0, 0.01 … 1; 0 where there is none.
     *
     * @param overlap which of the overlaps
     */
    double[] precisions(int overlap) {
        double[] best = new double[RECALLS + 1];
        long found = 0;
        long all = 0;
        for (Map.Entry<Integer, Long> step : said.descendingMap().entrySet()) {
            all += step.getValue();
            found += right.get(overlap).getOrDefault(step.getKey(), 0L);
            if (found > 0 && actual > 0) {
                // In whole numbers: 29 of 100 is a recall of 0.29.
                int recall = (int) Math.min(RECALLS, found * RECALLS / actual);
                best[recall] = Math.max(best[recall], (double) found / all);
            }
        }
        for (int recall = RECALLS - 1; recall >= 0; recall--) {
            best[recall] = Math.max(best[recall], best[recall + 1]);
        }
        return best;
    }

    /** The mean of {@link #precisions}. */
    double averagePrecision(int overlap) {
        return DoubleStream.of(precisions(overlap)).average().orElse(0);
    }
}
