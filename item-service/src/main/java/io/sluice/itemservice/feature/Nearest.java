package io.sluice.itemservice.feature;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.bson.BsonBinaryReader;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
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
    private final float[] floats;
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
        this.floats = new float[wanted.length];
        this.numbers = new double[wanted.length];
    }

    /** Those of equal score in the order of their creation. */
    List<Candidate> inOrder() {
        List<Candidate> all = new ArrayList<>(nearest);
        all.sort(farthestFirst.reversed());
        return all;
    }

    /** Looks at a document of {@link FeatureVectors#numbers}. */
    void offer(RawBsonDocument document) {
        ObjectId id = null;
        byte[] packed = null;
        try (BsonBinaryReader reader =
                new BsonBinaryReader(document.getByteBuffer().asNIO())) {
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                switch (reader.readName()) {
                    case FeatureVector.ID -> id = reader.readObjectId();
                    case FeatureVector.PACKED ->
                        packed = reader.readBinaryData().getData();
                    default -> reader.skipValue();
                }
            }
        }
        if (id != null && packed != null) {
            offer(id, packed);
        }
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
        ByteBuffer bytes = Packed.numbersOf(packed);
        if (Packed.areFloats(packed)) {
            bytes.asFloatBuffer().get(floats);
            return switch (metric) {
                case DOT -> dot(wanted, floats);
                case COSINE -> cosine(dot(wanted, floats), dot(floats, floats));
                case EUCLIDEAN -> Math.sqrt(squaredDistance(wanted, floats));
            };
        }
        bytes.asDoubleBuffer().get(numbers);
        return switch (metric) {
            case DOT -> dot(wanted, numbers);
            case COSINE -> cosine(dot(wanted, numbers), dot(numbers, numbers));
            case EUCLIDEAN -> Math.sqrt(squaredDistance(wanted, numbers));
        };
    }

    private double cosine(double dot, double square) {
        double norms = norm * Math.sqrt(square);
        return norms == 0 ? 0 : dot / norms;
    }

    private static double dot(double[] a, float[] b) {
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

    private static double dot(float[] a, float[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int index = 0;
        for (; index < a.length - 3; index += 4) {
            first += (double) a[index] * b[index];
            second += (double) a[index + 1] * b[index + 1];
            third += (double) a[index + 2] * b[index + 2];
            fourth += (double) a[index + 3] * b[index + 3];
        }
        for (; index < a.length; index++) {
            first += (double) a[index] * b[index];
        }
        return first + second + third + fourth;
    }

    private static double dot(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        int index = 0;
        for (; index < a.length - 1; index += 2) {
            first += a[index] * b[index];
            second += a[index + 1] * b[index + 1];
        }
        return index < a.length ? first + second + a[index] * b[index] : first + second;
    }

    private static double squaredDistance(double[] a, float[] b) {
        double first = 0;
        double second = 0;
        int index = 0;
        for (; index < a.length - 1; index += 2) {
            double one = a[index] - b[index];
            double other = a[index + 1] - b[index + 1];
            first += one * one;
            second += other * other;
        }
        double last = index < a.length ? a[index] - b[index] : 0;
        return first + second + last * last;
    }

    private static double squaredDistance(double[] a, double[] b) {
        double first = 0;
        double second = 0;
        int index = 0;
        for (; index < a.length - 1; index += 2) {
            double one = a[index] - b[index];
            double other = a[index + 1] - b[index + 1];
            first += one * one;
            second += other * other;
        }
        double last = index < a.length ? a[index] - b[index] : 0;
        return first + second + last * last;
    }
}
