package io.sluice.itemservice.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.types.Binary;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The nearest vectors, found by looking at each; and how the numbers are kept. */
class NearestTests {

    private static final List<ObjectId> IDS =
            List.of(new ObjectId(), new ObjectId(), new ObjectId(), new ObjectId(), new ObjectId());

    private static List<ObjectId> found(Nearest nearest) {
        return nearest.inOrder().stream().map(Nearest.Candidate::id).toList();
    }

    private static Nearest among(Metric metric, int most, double[]... vectors) {
        Nearest nearest = new Nearest(new double[] {1, 0}, metric, most, IDS.get(4));
        nearest.offer(VectorRows.of(
                IntStream.range(0, vectors.length)
                        .mapToObj(index -> stored(IDS.get(index), vectors[index]))
                        .toList(),
                2));
        return nearest;
    }

    private static RawBsonDocument stored(ObjectId id, double[] vector) {
        Document document = new Document("_id", id).append("packed", new Binary(Packed.of(vector)));
        return new RawBsonDocument(document, new DocumentCodec());
    }

    @Test
    void goesByTheMetric() {
        double[][] vectors = {{10, 10}, {0.5, 0}, {0, 0}, {2, 0.1}, {1, 0}};

        assertThat(found(among(Metric.COSINE, 3, vectors))).containsExactly(IDS.get(1), IDS.get(3), IDS.get(0));
        assertThat(found(among(Metric.DOT, 3, vectors))).containsExactly(IDS.get(0), IDS.get(3), IDS.get(1));
        assertThat(found(among(Metric.EUCLIDEAN, 3, vectors))).containsExactly(IDS.get(1), IDS.get(2), IDS.get(3));
        assertThat(among(Metric.COSINE, 9, vectors).inOrder().get(2).score()).isCloseTo(Math.sqrt(0.5), within(1e-15));
        assertThat(among(Metric.COSINE, 9, vectors).inOrder().get(3).score()).isZero();
    }

    @Test
    void putsTheOlderOfTwoFirstThatAreAsNear() {
        double[][] vectors = {{0, 1}, {0, 2}, {0, 3}};

        assertThat(found(among(Metric.DOT, 2, vectors))).containsExactly(IDS.get(0), IDS.get(1));
    }

    @ParameterizedTest
    @EnumSource
    void findsWhatSortingAllOfThemFinds(Metric metric) {
        Random random = new Random(1);
        for (int size : new int[] {1, 2, 3, 4, 5, 7, 256}) {
            double[] wanted = vector(random, size, true);
            Nearest nearest = new Nearest(wanted, metric, 10, null);
            List<Nearest.Candidate> all = new ArrayList<>();
            List<RawBsonDocument> documents = new ArrayList<>();
            for (int count = 0; count < 100; count++) {
                double[] vector = vector(random, size, count % 2 == 0);
                ObjectId id = new ObjectId();
                documents.add(stored(id, vector));
                all.add(new Nearest.Candidate(id, score(metric, wanted, vector)));
            }
            nearest.offer(VectorRows.of(documents.subList(0, 30), size));
            nearest.offer(VectorRows.of(documents.subList(30, 100), size));
            Comparator<Nearest.Candidate> nearestFirst = Comparator.comparingDouble(Nearest.Candidate::score);
            all.sort(metric == Metric.EUCLIDEAN ? nearestFirst : nearestFirst.reversed());

            assertThat(nearest.inOrder()).hasSize(10);
            for (int rank = 0; rank < 10; rank++) {
                assertThat(nearest.inOrder().get(rank).score())
                        .isCloseTo(all.get(rank).score(), within(1e-9));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsTheSameInColumnsOfFloats(Metric metric) {
        Random random = new Random(2);
        for (int size : new int[] {1, 3, 4, 6, 256}) {
            for (boolean areFloats : new boolean[] {true, false}) {
                double[] wanted = vector(random, size, areFloats);
                List<VectorRows> blocks = new ArrayList<>();
                for (int block = 0; block < 4; block++) {
                    List<RawBsonDocument> documents = new ArrayList<>();
                    for (int count = 0; count < 50 + block; count++) {
                        // Many are nearly the same, so that only the exact scores tell them apart.
                        double[] vector = count % 3 == 0 ? wanted.clone() : vector(random, size, true);
                        vector[0] = Math.nextUp((float) vector[0]);
                        documents.add(stored(new ObjectId(), Packed.numbers(Packed.of(floats(vector)))));
                    }
                    blocks.add(VectorRows.of(documents, size));
                }
                Nearest rows = new Nearest(wanted, metric, 10, null);
                Nearest columns = new Nearest(wanted, metric, 10, null);
                Nearest others = new Nearest(wanted, metric, 10, null);

                blocks.forEach(rows::offer);
                blocks.subList(0, 2).forEach(block -> columns.offer(VectorColumns.of(block)));
                blocks.subList(2, 4).forEach(block -> others.offer(VectorColumns.of(block)));

                assertThat(VectorColumns.of(blocks.get(0))).isInstanceOf(VectorColumns.class);
                assertThat(columns.with(others).inOrder()).isEqualTo(rows.inOrder());
            }
        }
    }

    private static double[] floats(double[] numbers) {
        return Arrays.stream(numbers).map(number -> (float) number).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void findsTheSameOfNumbersAtTheEndsOfTheFloats(Metric metric) {
        double[][] vectors = {
            {Float.MAX_VALUE, -Float.MAX_VALUE},
            {Float.MAX_VALUE, Float.MAX_VALUE},
            {Float.MIN_VALUE, 0},
            {0, -Float.MIN_VALUE},
            {0, 0},
            {1, -1}
        };
        for (double[] wanted : new double[][] {{1e300, 1}, {1e-300, 1e-46}, {3e38, 3e38}, {1e-40, -1e-40}, {0, 0}}) {
            VectorRows rows = VectorRows.of(
                    Arrays.stream(vectors)
                            .map(vector -> stored(new ObjectId(), vector))
                            .toList(),
                    2);
            Nearest inRows = new Nearest(wanted, metric, 2, null);
            Nearest inColumns = new Nearest(wanted, metric, 2, null);

            inRows.offer(rows);
            inColumns.offer(VectorColumns.of(rows));

            assertThat(inColumns.inOrder()).isEqualTo(inRows.inOrder());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 255, 4_096})
    void addsUpStepsWithoutOverflow(int size) {
        double[] largest = new double[size];
        Arrays.fill(largest, -3e38f);
        VectorRows rows = VectorRows.of(List.of(stored(IDS.get(0), largest)), size);
        Stepped wanted = Stepped.of(largest, 0, size);

        VectorColumns columns = (VectorColumns) VectorColumns.of(rows);
        int dot = columns.dots(VectorColumns.Repeated.of(wanted.counts(), 1))[0];

        assertThat(dot * wanted.step() * columns.steps()[0])
                .isCloseTo(size * (double) 3e38f * 3e38f, withinPercentage(0.001));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-30, 1e30, 4.9e-324, 0})
    void knowsHowFarStepsAreFromTheNumbers(double scale) {
        double[] numbers =
                new Random(3).doubles(100, -1, 1).map(number -> number * scale).toArray();

        Stepped stepped = Stepped.of(numbers, 0, numbers.length);

        double squares = 0;
        for (int index = 0; index < numbers.length; index++) {
            double error = numbers[index] - stepped.counts()[index] * stepped.step();
            squares += error * error;
        }
        assertThat(Math.sqrt(squares)).isLessThanOrEqualTo(stepped.error());
        assertThat(stepped.error()).isLessThanOrEqualTo(scale * 0.01 + 1e-6);
    }

    @Test
    void leavesNumbersThatNoFloatIsInRows() {
        VectorRows rows = VectorRows.of(List.of(stored(IDS.get(0), new double[] {0.1, 1})), 2);

        assertThat(VectorColumns.of(rows)).isSameAs(rows);
    }

    private static double[] vector(Random random, int size, boolean areFloats) {
        return random.doubles(size, -1, 1)
                .map(number -> areFloats ? (float) number : number)
                .toArray();
    }

    private static double score(Metric metric, double[] a, double[] b) {
        double dot = 0;
        double squareA = 0;
        double squareB = 0;
        double distance = 0;
        for (int index = 0; index < a.length; index++) {
            dot += a[index] * b[index];
            squareA += a[index] * a[index];
            squareB += b[index] * b[index];
            distance += (a[index] - b[index]) * (a[index] - b[index]);
        }
        return switch (metric) {
            case DOT -> dot;
            case COSINE -> dot / Math.sqrt(squareA * squareB);
            case EUCLIDEAN -> Math.sqrt(distance);
        };
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 1e100, -1e-300, 16_777_217, 5e-324})
    void keepsNumbersThatNoFloatIsAsTheyAre(double number) {
        assertThat(Packed.numbers(Packed.of(new double[] {1, number}))).containsExactly(1, number);
        assertThat(Packed.of(new double[] {1, number})).hasSize(17);
    }

    @Test
    void keepsFloatsInFourBytes() {
        double[] numbers = {0.1f, -0.0, 1.5, Float.MAX_VALUE, Float.MIN_VALUE};

        assertThat(Packed.numbers(Packed.of(numbers))).containsExactly(numbers);
        assertThat(Packed.of(numbers)).hasSize(21);
    }
}
