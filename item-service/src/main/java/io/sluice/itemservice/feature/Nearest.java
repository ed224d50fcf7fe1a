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
 * <p>Sums are of doubles, four at a time: the processor need not wait for one addition before it begins the next.
 */
final class Nearest {

    private final double[] wanted;
    private final double norm;
    private final Metric metric;
    private final int most;
    private final @Nullable ObjectId without;
    private final Comparator<Candidate> farthestFirst;
    private final PriorityQueue<Candidate> nearest;
    private final double[] numbers;

    /** @param score as the metric says */
    record Candidate(ObjectId id, double score) {}

    /**
     * @param most as many as are kept
     * @param without the vector that is not to be found; null for none
     */
    Nearest(double[] wanted, Metric metric, int most, @Nullable ObjectId without) {
        this.wanted = wanted;
        this.norm = Math.sqrt(dot(wanted, wanted));
        this.metric = metric;
        this.most = most;
        this.without = without;
        Comparator<Candidate> nearestFirst = (one, other) -> metric.isNearer(one.score(), other.score())
                ? -1
                : metric.isNearer(other.score(), one.score()) ? 1 : one.id().compareTo(other.id());
        this.farthestFirst = nearestFirst.reversed();
        this.nearest = new PriorityQueue<>(farthestFirst);
        this.numbers = new double[wanted.length];
    }

    /** Those of equal score in the order of their creation. */
    List<Candidate> inOrder() {
        List<Candidate> all = new ArrayList<>(nearest);
        all.sort(farthestFirst.reversed());
        return all;
    }

    void offer(ObjectId id, byte[] packed) {
        if (Packed.count(packed) != wanted.length || id.equals(without)) {
            return;
        }
        double score = score(packed);
        Candidate farthest = nearest.peek();
        if (nearest.size() < most || farthest == null) {
            nearest.add(new Candidate(id, score));
            return;
        }
        Candidate candidate = new Candidate(id, score);
        if (farthestFirst.compare(candidate, farthest) > 0) {
            nearest.poll();
            nearest.add(candidate);
        }
    }

    private double score(byte[] packed) {
        Packed.read(packed, numbers);
        return switch (metric) {
            case DOT -> dot(wanted, numbers);
            case COSINE -> cosine();
            case EUCLIDEAN -> Math.sqrt(squaredDistance(wanted, numbers));
        };
    }

    private double cosine() {
        double norms = norm * Math.sqrt(dot(numbers, numbers));
        return norms == 0 ? 0 : dot(wanted, numbers) / norms;
    }

    private static double dot(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int index = 0;
        for (; index < a.length - 3; index += 4) {
            first += a[index] * b[index];
            second += a[index + 1] * b[index + 1];
            third += a[index + 2] * b[index + 2];
            fourth += a[index + 3] * b[index + 3];
        }
        for (; index < a.length; index++) {
            first += a[index] * b[index];
        }
        return first + second + third + fourth;
    }

    private static double squaredDistance(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int index = 0;
        for (; index < a.length - 3; index += 4) {
            first += square(a[index] - b[index]);
            second += square(a[index + 1] - b[index + 1]);
            third += square(a[index + 2] - b[index + 2]);
            fourth += square(a[index + 3] - b[index + 3]);
        }
        for (; index < a.length; index++) {
            first += square(a[index] - b[index]);
        }
        return first + second + third + fourth;
    }

    private static double square(double number) {
        return number * number;
    }
}
