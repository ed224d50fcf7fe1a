package io.sluice.modelservice.evaluation;

import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.metric.Metric.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The figures of an evaluation, made label by label. */
final class Figures {

    /** What stands for nothing, as people read it. */
    static final String BACKGROUND = "background";

    private static final String ALL = "all labels";
    private static final String CONFUSION = "Confusion matrix";

    /** In a line of the confusion matrix, the most frequent. */
    private static final int MOST_TAKEN = 100;

    /** A point of a line for each recall of 0, 0.05 … 1. */
    private static final int RECALL_STEP = 5;

    private final boolean isClassification;
    private final double[] averagePrecisions = new double[LabelCounts.OVERLAPS.size()];
    private long items;
    private long unlabeled;
    private int labels;
    private int present;
    private long actual;
    private long right;
    private double precision;
    private double recall;
    private double f1;

    Figures(boolean isClassification) {
        this.isClassification = isClassification;
    }

    /**
     * The figures of a label, and of what stands for nothing.
     *
     * @param compared items, when they were counted with it; null for none
     */
    List<Point> of(String label, LabelCounts counts, @Nullable Long compared, @Nullable Long uncompared) {
        items += compared == null ? 0 : compared;
        unlabeled += uncompared == null ? 0 : uncompared;
        List<Point> points = new ArrayList<>();
        String name = label.equals(Comparison.BACKGROUND) ? BACKGROUND : label;
        if (!counts.taken.isEmpty()) {
            List<Map.Entry<String, Long>> taken = counts.taken.entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(MOST_TAKEN)
                    .toList();
            points.add(new Point(
                    CONFUSION,
                    name,
                    taken.stream()
                            .map(one -> one.getKey().equals(Comparison.BACKGROUND) ? BACKGROUND : one.getKey())
                            .toList(),
                    taken.stream().map(Map.Entry::getValue).toList()));
        }
        if (!label.equals(Comparison.BACKGROUND)) {
            addOfLabel(points, label, counts);
        }
        return points;
    }

    private void addOfLabel(List<Point> points, String label, LabelCounts counts) {
        points.add(new Point("Precision", label, labels, counts.precision()));
        points.add(new Point("Recall", label, labels, counts.recall()));
        points.add(new Point("F1", label, labels, counts.f1()));
        labels++;
        if (counts.actual == 0) {
            return;
        }
        present++;
        actual += counts.actual;
        right += counts.rightInAll(0);
        precision += counts.precision();
        recall += counts.recall();
        f1 += counts.f1();
        double[] precisions = counts.precisions(0);
        for (int at = 0; at < precisions.length; at += RECALL_STEP) {
            points.add(new Point("Precision-Recall", label, at / 100.0, precisions[at]));
        }
        for (int overlap = 0; !isClassification && overlap < averagePrecisions.length; overlap++) {
            double average = counts.averagePrecision(overlap);
            averagePrecisions[overlap] += average;
            points.add(new Point("AP", label, LabelCounts.OVERLAPS.get(overlap), average));
        }
    }

    /** The figures of all labels together, when all have come: means over those that people have said. */
    List<Point> ofAll() {
        List<Point> points = new ArrayList<>();
        points.add(new Point("Precision", ALL, labels, mean(precision)));
        points.add(new Point("Recall", ALL, labels, mean(recall)));
        points.add(new Point("F1", ALL, labels, mean(f1)));
        if (isClassification) {
            points.add(new Point("Accuracy", ALL, 0, accuracy()));
        } else {
            for (int overlap = 0; overlap < averagePrecisions.length; overlap++) {
                points.add(new Point("AP", ALL, LabelCounts.OVERLAPS.get(overlap), mean(averagePrecisions[overlap])));
            }
            points.add(new Point("mAP", "0.5", 0, mean(averagePrecisions[0])));
            points.add(new Point("mAP", "0.5:0.95", 0, meanOfMeans()));
        }
        return points;
    }

    private double mean(double sum) {
        return LabelCounts.part(sum, present);
    }

    private double accuracy() {
        return LabelCounts.part(right, actual);
    }

    private double meanOfMeans() {
        return mean(DoubleStream.of(averagePrecisions).average().orElse(0));
    }

    /** What the execution tells. */
    JsonObject summary() {
        JsonObject summary = JsonObject.EMPTY.with("comparedCount", items);
        JsonObject some = isClassification
                ? summary.with("unlabeledCount", unlabeled).with("accuracy", accuracy())
                : summary.with("mAP50", mean(averagePrecisions[0])).with("mAP", meanOfMeans());
        return some.with("precision", mean(precision))
                .with("recall", mean(recall))
                .with("f1", mean(f1));
    }
}
