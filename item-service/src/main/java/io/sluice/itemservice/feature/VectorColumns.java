package io.sluice.itemservice.feature;

import org.bson.types.ObjectId;

/**
 * Vectors whose numbers are floats: the first number of all of them, then the second of all, and so on. So the compiler of the JVM
 * has the processor do eight or more of them in one step, which it cannot where the numbers of a vector lie together and have
 * to be added in their order; and only half of the memory is gone through.
 *
 * @param lengths of the vectors (Euclidean)
 */
record VectorColumns(ObjectId[] ids, float[] numbers, double[] lengths) implements VectorBlock {

    /** The same vectors; as they were when some number is no float. */
    static VectorBlock of(VectorBlock block) {
        if (!(block instanceof VectorRows rows) || !areFloats(rows.numbers())) {
            return block;
        }
        int count = rows.ids().length;
        int size = rows.numbers().length / count;
        float[] columns = new float[rows.numbers().length];
        double[] lengths = new double[count];
        for (int index = 0; index < count; index++) {
            double squares = 0;
            for (int dimension = 0; dimension < size; dimension++) {
                double number = rows.numbers()[index * size + dimension];
                columns[dimension * count + index] = (float) number;
                squares += number * number;
            }
            lengths[index] = Math.sqrt(squares);
        }
        return new VectorColumns(rows.ids(), columns, lengths);
    }

    private static boolean areFloats(double[] numbers) {
        for (double number : numbers) {
            if ((float) number != number) {
                return false;
            }
        }
        return numbers.length > 0;
    }

    /** The numbers of one. */
    void read(int index, double[] row) {
        for (int dimension = 0; dimension < row.length; dimension++) {
            row[dimension] = numbers[dimension * ids.length + index];
        }
    }

    /** The dot product of each with a vector, about. */
    float[] dots(float[] wanted) {
        float[] sums = new float[ids.length];
        int dimension = 0;
        for (; dimension < wanted.length - 3; dimension += 4) {
            addProducts(
                    sums,
                    numbers,
                    dimension * ids.length,
                    wanted[dimension],
                    wanted[dimension + 1],
                    wanted[dimension + 2],
                    wanted[dimension + 3]);
        }
        for (; dimension < wanted.length; dimension++) {
            addProducts(sums, numbers, dimension * ids.length, wanted[dimension]);
        }
        return sums;
    }

    private static void addProducts(
            float[] sums, float[] numbers, int first, float one, float two, float three, float four) {
        int second = first + sums.length;
        int third = second + sums.length;
        int fourth = third + sums.length;
        for (int index = 0; index < sums.length; index++) {
            sums[index] += one * numbers[first + index]
                    + two * numbers[second + index]
                    + three * numbers[third + index]
                    + four * numbers[fourth + index];
        }
    }

    private static void addProducts(float[] sums, float[] numbers, int first, float factor) {
        for (int index = 0; index < sums.length; index++) {
            sums[index] += factor * numbers[first + index];
        }
    }

    /** The square of the distance of each from a vector, about. */
    float[] squaredDistances(float[] wanted) {
        float[] sums = new float[ids.length];
        for (int dimension = 0; dimension < wanted.length; dimension++) {
            addSquares(sums, numbers, dimension * ids.length, wanted[dimension]);
        }
        return sums;
    }

    private static void addSquares(float[] sums, float[] numbers, int first, float from) {
        for (int index = 0; index < sums.length; index++) {
            float difference = from - numbers[first + index];
            sums[index] += difference * difference;
        }
    }

    @Override
    public long bytes() {
        return (long) ids.length * (BYTES_OF_AN_ID + Double.BYTES) + (long) numbers.length * Float.BYTES;
    }
}
