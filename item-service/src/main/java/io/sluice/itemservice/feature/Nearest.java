package io.sluice.itemservice.feature;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * The nearest vectors of those seen so far. Needs memory for as many as are wanted, and one thread at a time.
 *
 * <p>Sums are of doubles, four at a time: the processor need not wait for one addition before it begins the next. Of floats in
 * columns the scores are estimated first, and only what may be near by its estimate, reckoning with the largest error that may be
 * in it, is looked at exactly: what is found and its scores are the same.
 */
final class Nearest {

    /** The largest relative error of one operation with floats. */
    private static final double ROUNDING = 0x1p-24;

    /** More roundings than there are, for the products, the end of the sum and what is computed with doubles. */
    private static final int SPARE_ROUNDINGS = 16;

    private final double[] wanted;
    private final double norm;
    private final float[] floats;

    /** How far {@link #floats} is from {@link #wanted}. */
    private final double errorOfFloats;

    /** As much of a sum of floats as may be lost by rounding. */
    private final double rounding;

    /** As much as may be lost because it is smaller than any float. */
    private final double underflow;

    private final Metric metric;
    private final int most;
    private final @Nullable ObjectId without;
    private final Comparator<Candidate> farthestFirst;
    private final PriorityQueue<Candidate> nearest;

    /** @param score as the metric says */
    record Candidate(ObjectId id, double score) {}

    /**
     * @param most as many as are kept
     * @param without the vector that is not to be found; null for none
     */
    Nearest(double[] wanted, Metric metric, int most, @Nullable ObjectId without) {
        this.wanted = wanted;
        this.norm = Math.sqrt(squares(wanted, 0, wanted.length));
        this.floats = floats(wanted);
        this.errorOfFloats = Math.sqrt(squaredDistance(wanted, doubles(floats), 0));
        this.rounding = (wanted.length + SPARE_ROUNDINGS) * ROUNDING;
        this.underflow = 2.0 * wanted.length * Float.MIN_VALUE;
        this.metric = metric;
        this.most = most;
        this.without = without;
        Comparator<Candidate> nearestFirst = (one, other) -> metric.isNearer(one.score(), other.score())
                ? -1
                : metric.isNearer(other.score(), one.score()) ? 1 : one.id().compareTo(other.id());
        this.farthestFirst = nearestFirst.reversed();
        this.nearest = new PriorityQueue<>(farthestFirst);
    }

    private static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int index = 0; index < numbers.length; index++) {
            floats[index] = (float) numbers[index];
        }
        return floats;
    }

    private static double[] doubles(float[] numbers) {
        double[] doubles = new double[numbers.length];
        for (int index = 0; index < numbers.length; index++) {
            doubles[index] = numbers[index];
        }
        return doubles;
    }

    /** Those of equal score in the order of their creation. */
    List<Candidate> inOrder() {
        List<Candidate> all = new ArrayList<>(nearest);
        all.sort(farthestFirst.reversed());
        return all;
    }

    /** Looks at all of them. */
    void offer(VectorBlock block) {
        if (block instanceof VectorColumns columns) {
            offer(columns);
        } else if (block instanceof VectorRows rows) {
            offer(rows);
        }
    }

    /** What somebody else has found among other vectors. */
    Nearest with(Nearest other) {
        other.nearest.forEach(this::offer);
        return this;
    }

    private void offer(VectorColumns columns) {
        ObjectId[] ids = columns.ids();
        float[] estimates = metric == Metric.EUCLIDEAN ? columns.squaredDistances(floats) : columns.dots(floats);
        double[] row = new double[wanted.length];
        for (int index = 0; index < ids.length; index++) {
            if (mayBeNear(estimates[index], columns.lengths()[index]) && !ids[index].equals(without)) {
                columns.read(index, row);
                offer(new Candidate(ids[index], score(row, 0)));
            }
        }
    }

    /** @param length of the vector */
    private boolean mayBeNear(float estimate, double length) {
        Candidate farthest = nearest.peek();
        if (nearest.size() < most || farthest == null || !Float.isFinite(estimate)) {
            return true;
        }
        double worst = farthest.score();
        // In the negative, so that what is no number may be near.
        return switch (metric) {
            case DOT -> !(estimate + errorOfDot(length) < worst);
            case COSINE -> length == 0 || !(estimate + errorOfDot(length) < worst * norm * length);
            case EUCLIDEAN -> !(Math.sqrt(Math.max(0, estimate * (1 - rounding) - underflow)) - errorOfFloats > worst);
        };
    }

    private double errorOfDot(double length) {
        return (rounding * (norm + errorOfFloats) + errorOfFloats) * length + underflow;
    }

    private void offer(VectorRows block) {
        ObjectId[] ids = block.ids();
        for (int index = 0; index < ids.length; index++) {
            if (!ids[index].equals(without)) {
                offer(new Candidate(ids[index], score(block.numbers(), index * wanted.length)));
            }
        }
    }

    private void offer(Candidate candidate) {
        Candidate farthest = nearest.peek();
        if (nearest.size() < most || farthest == null) {
            nearest.add(candidate);
        } else if (farthestFirst.compare(candidate, farthest) > 0) {
            nearest.poll();
            nearest.add(candidate);
        }
    }

    private double score(double[] numbers, int first) {
        return switch (metric) {
            case DOT -> dot(wanted, numbers, first);
            case COSINE -> cosine(dot(wanted, numbers, first), squares(numbers, first, wanted.length));
            case EUCLIDEAN -> Math.sqrt(squaredDistance(wanted, numbers, first));
        };
    }

    private double cosine(double dot, double square) {
        double norms = norm * Math.sqrt(square);
        return norms == 0 ? 0 : dot / norms;
    }

    private static double dot(double[] a, double[] b, int first) {
        double one = 0;
        double two = 0;
        double three = 0;
        double four = 0;
        int index = 0;
        for (; index < a.length - 3; index += 4) {
            one += a[index] * b[first + index];
            two += a[index + 1] * b[first + index + 1];
            three += a[index + 2] * b[first + index + 2];
            four += a[index + 3] * b[first + index + 3];
        }
        for (; index < a.length; index++) {
            one += a[index] * b[first + index];
        }
        return one + two + three + four;
    }

    private static double squares(double[] a, int first, int size) {
        double one = 0;
        double two = 0;
        double three = 0;
        double four = 0;
        int index = first;
        int end = first + size;
        for (; index < end - 3; index += 4) {
            one += square(a[index]);
            two += square(a[index + 1]);
            three += square(a[index + 2]);
            four += square(a[index + 3]);
        }
        for (; index < end; index++) {
            one += square(a[index]);
        }
        return one + two + three + four;
    }

    private static double squaredDistance(double[] a, double[] b, int first) {
        double one = 0;
        double two = 0;
        double three = 0;
        double four = 0;
        int index = 0;
        for (; index < a.length - 3; index += 4) {
            one += square(a[index] - b[first + index]);
            two += square(a[index + 1] - b[first + index + 1]);
            three += square(a[index + 2] - b[first + index + 2]);
            four += square(a[index + 3] - b[first + index + 3]);
        }
        for (; index < a.length; index++) {
            one += square(a[index] - b[first + index]);
        }
        return one + two + three + four;
    }

    private static double square(double number) {
        return number * number;
    }
}
