package io.sluice.itemservice.feature;

import java.util.Arrays;
import org.bson.types.ObjectId;

/**
 * Vectors whose numbers are floats, twice: as they are, one after the other, and {@link Stepped}, the first two numbers of all of them, then
 * the next two of all, and so on. So the compiler of the JVM has the processor do sixteen or more products in one step, which it cannot
 * where the numbers of a vector lie together and have to be added in their order; and only half of the memory is gone through.
 *
 * @param rows the numbers of all, one vector after the other
 * @param pairs two numbers of each vector in steps
 * @param steps the length of a step of each
 * @param errors how far each is from what it is in steps
 * @param lengths of the vectors (Euclidean)
 */
record VectorColumns(ObjectId[] ids, float[] rows, short[][] pairs, double[] steps, double[] errors, double[] lengths)
        implements VectorBlock {

    private static final int BYTES_OF_AN_ARRAY = 16;

    /** The same vectors; as they were when some number is no float. */
    static VectorBlock of(VectorBlock block) {
        if (!(block instanceof VectorRows rows) || !areFloats(rows.numbers())) {
            return block;
        }
        int count = rows.ids().length;
        int size = rows.numbers().length / count;
        VectorColumns columns = new VectorColumns(
                rows.ids(),
                new float[count * size],
                new short[(size + 1) / 2][2 * count],
                new double[count],
                new double[count],
                new double[count]);
        for (int index = 0; index < count; index++) {
            columns.put(index, rows.numbers(), size);
        }
        return columns;
    }

    private static boolean areFloats(double[] numbers) {
        for (double number : numbers) {
            if ((float) number != number) {
                return false;
            }
        }
        return numbers.length > 0;
    }

    private void put(int index, double[] numbers, int size) {
        double squares = 0;
        Stepped stepped = Stepped.of(numbers, index * size, size);
        for (int dimension = 0; dimension < size; dimension++) {
            double number = numbers[index * size + dimension];
            rows[index * size + dimension] = (float) number;
            squares += number * number;
            pairs[dimension / 2][2 * index + dimension % 2] = stepped.counts()[dimension];
        }
        steps[index] = stepped.step();
        errors[index] = stepped.error();
        lengths[index] = Math.sqrt(squares);
    }

    /** The numbers of one. */
    void read(int index, double[] row) {
        for (int dimension = 0; dimension < row.length; dimension++) {
            row[dimension] = rows[index * row.length + dimension];
        }
    }

    /** The dot product of each with a vector, in steps of both. */
    int[] dots(Repeated wanted) {
        int[] sums = new int[ids.length];
        for (int pair = 0; pair < pairs.length; pair++) {
            addProducts(sums, pairs[pair], wanted.pairs[pair]);
        }
        return sums;
    }

    // In just these words it becomes one instruction of the processor (MulAddS2I of C2).
    private static void addProducts(int[] sums, short[] some, short[] others) {
        for (int index = 0; index < sums.length; index++) {
            sums[index] += ((some[2 * index] * others[2 * index]) + (some[2 * index + 1] * others[2 * index + 1]));
        }
    }

    /**
     * A vector that others are compared with: each two of its numbers as often as there are others.
     *
     * @param count how often
     */
    record Repeated(int count, short[][] pairs) {

        static Repeated of(short[] counts, int count) {
            short[][] pairs = new short[(counts.length + 1) / 2][2 * count];
            for (int dimension = 0; dimension < counts.length; dimension += 2) {
                short[] pair = pairs[dimension / 2];
                for (int index = 0; index < count; index++) {
                    pair[2 * index] = counts[dimension];
                    pair[2 * index + 1] = dimension + 1 < counts.length ? counts[dimension + 1] : 0;
                }
            }
            return new Repeated(count, pairs);
        }
    }

    @Override
    public long bytes() {
        return (long) ids.length * (BYTES_OF_AN_ID + 3 * Double.BYTES)
                + (long) rows.length * Float.BYTES
                + Arrays.stream(pairs)
                        .mapToLong(pair -> BYTES_OF_AN_ARRAY + (long) pair.length * Short.BYTES)
                        .sum();
    }
}
