package io.sluice.itemservice.feature;

/**
 * A vector in whole steps, about: so few of them that the products of two such vectors add up to an {@code int}.
 *
 * @param counts how many steps each number is
 * @param step the length of one
 * @param length of the vector in steps
 * @param error how far that is from the vector, at most
 */
record Stepped(short[] counts, double step, double length, double error) {

    /** More than what is lost by rounding when a number is divided into steps. */
    private static final double SLACK = 0x1p-32;

    static Stepped of(double[] numbers, int first, int size) {
        double largest = 0;
        for (int index = first; index < first + size; index++) {
            largest = Math.max(largest, Math.abs(numbers[index]));
        }
        int most = most(size);
        // Of numbers that are too small for any step, none is taken.
        double step = largest / most > 0 ? largest / most : 1;
        short[] counts = new short[size];
        double squares = 0;
        double squaresOfErrors = 0;
        for (int index = 0; index < size; index++) {
            double steps = numbers[first + index] / step;
            double count = Math.max(-most, Math.min(most, Math.rint(steps)));
            counts[index] = (short) count;
            squares += count * count;
            squaresOfErrors += (steps - count) * (steps - count);
        }
        return new Stepped(counts, step, step * Math.sqrt(squares), step * (Math.sqrt(squaresOfErrors) + size * SLACK));
    }

    private static int most(int size) {
        return (int) Math.min(Short.MAX_VALUE, Math.sqrt(Integer.MAX_VALUE / (double) size));
    }
}
