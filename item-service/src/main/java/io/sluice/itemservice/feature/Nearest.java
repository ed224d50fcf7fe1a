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
 * <p>Sums are of doubles, four at a time: the processor need not wait for one addition before it begins the next. Of vectors
 * in steps the scores are estimated first, and only what may be near by its estimate, reckoning with the largest error that may be
 * in it, is looked at exactly: what is found and its scores are the same.
 */
final class Nearest {

    /** The largest relative error of one operation. */
    private static final double ROUNDING = 0x1p-53;

    /** More roundings than there are, for the products, the end of the sum and what is computed with it. */
    private static final int SPARE_ROUNDINGS = 16;

    private final double[] wanted;
    private final double norm;
    private final Stepped stepped;

    /** As much of a sum as may be lost by rounding. */
    private final double rounding;

    /** As much as may be lost because it is smaller than any number. */
    private final double underflow;

    private VectorColumns.Repeated repeated = new VectorColumns.Repeated(0, new short[0][]);

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
        this.stepped = Stepped.of(wanted, 0, wanted.length);
        this.rounding = (wanted.length + SPARE_ROUNDINGS) * ROUNDING;
        this.underflow = 4.0 * (wanted.length + SPARE_ROUNDINGS) * Double.MIN_VALUE;
        this.metric = metric;
        this.most = most;
        this.without = without;
        Comparator<Candidate> nearestFirst = (one, other) -> metric.isNearer(one.score(), other.score())
                ? -1
                : metric.isNearer(other.score(), one.score()) ? 1 : one.id().compareTo(other.id());
        this.farthestFirst = nearestFirst.reversed();
        this.nearest = new PriorityQueue<>(farthestFirst);
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
        if (repeated.count() < ids.length) {
            repeated = VectorColumns.Repeated.of(stepped.counts(), ids.length);
        }
        int[] dots = columns.dots(repeated);
        double[] row = new double[wanted.length];
        for (int index = 0; index < ids.length; index++) {
            if (mayBeNear(columns, index, dots[index]) && !ids[index].equals(without)) {
                columns.read(index, row);
                offer(new Candidate(ids[index], score(row, 0)));
            }
        }
    }

    /** @param steps the dot product in steps */
    private boolean mayBeNear(VectorColumns columns, int index, int steps) {
        Candidate farthest = nearest.peek();
        double dot = steps * columns.steps()[index] * stepped.step();
        if (nearest.size() < most || farthest == null || !Double.isFinite(dot)) {
            return true;
        }
        double worst = farthest.score();
        double length = columns.lengths()[index];
        double error = errorOfDot(length, columns.errors()[index]);
        // In the negative, so that what is no number may be near.
        return switch (metric) {
            case DOT -> !(dot + error < worst);
            case COSINE -> norm * length == 0 || !(dot + error < worst * norm * length);
            case EUCLIDEAN -> !(leastDistance(dot, error, length) > worst);
        };
    }

    /** @param error how far the other vector is from what it is in steps */
    private double errorOfDot(double length, double error) {
        return stepped.error() * length
                + error * stepped.length()
                + 2 * rounding * (stepped.length() + stepped.error()) * length
                + underflow;
    }

    private double leastDistance(double dot, double error, double length) {
        double squares = norm * norm + length * length;
        double square = squares - 2 * dot - 2 * error - 2 * rounding * squares;
        return Math.sqrt(Math.max(0, square)) - rounding * (norm + length);
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
