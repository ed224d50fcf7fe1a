package io.sluice.itemservice.feature;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The numbers of a vector as the database keeps them: how many bytes each has, then all of them, the lowest byte first.
 * Four bytes when every number is what a {@code float} holds exactly, as what models compute is; else eight, so that what
 * comes back is what was sent.
 */
final class Packed {

    private static final byte FLOATS = Float.BYTES;
    private static final byte DOUBLES = Double.BYTES;

    private Packed() {}

    static byte[] of(double[] numbers) {
        boolean areFloats = areFloats(numbers);
        ByteBuffer packed = ByteBuffer.allocate(1 + numbers.length * (areFloats ? FLOATS : DOUBLES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(areFloats ? FLOATS : DOUBLES);
        for (double number : numbers) {
            if (areFloats) {
                packed.putFloat((float) number);
            } else {
                packed.putDouble(number);
            }
        }
        return packed.array();
    }

    private static boolean areFloats(double[] numbers) {
        for (double number : numbers) {
            if ((float) number != number) {
                return false;
            }
        }
        return true;
    }

    static double[] numbers(byte[] packed) {
        double[] numbers = new double[count(packed)];
        read(packed, numbers, 0);
        return numbers;
    }

    /** Puts them into an array, one after the other. */
    static void read(byte[] packed, double[] numbers, int first) {
        ByteBuffer bytes = ByteBuffer.wrap(packed, 1, packed.length - 1).order(ByteOrder.LITTLE_ENDIAN);
        boolean areFloats = packed[0] == FLOATS;
        int end = first + count(packed);
        for (int index = first; index < end; index++) {
            numbers[index] = areFloats ? bytes.getFloat() : bytes.getDouble();
        }
    }

    static int count(byte[] packed) {
        return (packed.length - 1) / packed[0];
    }
}
