package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The first and last bytes of a file as numbers, as the models of Magika take them. */
final class FileInput {

    /** White space is looked for so far from the beginning and the end, not farther. */
    private static final int BLOCK = 4_096;

    private final InputConfiguration.Bytes declared;
    private final TensorSpec input;

    FileInput(InputConfiguration.Bytes declared, TensorSpec input) {
        this.declared = declared;
        this.input = input;
        long length = declared.begin() + (long) declared.end();
        int rank = input.shape().size();
        boolean fits = (input.type() == DataType.INT32 || input.type() == DataType.INT64)
                && rank == 2
                && (input.shape().get(1) < 0 || input.shape().get(1) == length);
        if (!fits) {
            throw new InvalidConfiguration(
                    "configuration.input.begin",
                    "and end do not fit: the model's input " + input.name() + " is " + input.type() + " of shape "
                            + input.shape());
        }
    }

    Tensor prepare(byte[] file) {
        int first = 0;
        int beforeEnd = file.length;
        int block = Math.max(BLOCK, Math.max(declared.begin(), declared.end()));
        int firstOfLast = Math.max(0, file.length - block);
        int endOfFirst = Math.min(file.length, block);
        while (declared.strip() && first < endOfFirst && isWhite(file[first])) {
            first++;
        }
        while (declared.strip() && beforeEnd > firstOfLast && isWhite(file[beforeEnd - 1])) {
            beforeEnd--;
        }
        int size = input.type() == DataType.INT32 ? Integer.BYTES : Long.BYTES;
        int length = declared.begin() + declared.end();
        ByteBuffer data = ByteBuffer.allocate(length * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < declared.begin(); i++) {
            put(data, first + i < endOfFirst ? file[first + i] & 0xff : declared.padding());
        }
        for (int i = 0; i < declared.end(); i++) {
            int at = beforeEnd - declared.end() + i;
            put(data, at >= firstOfLast ? file[at] & 0xff : declared.padding());
        }
        return Tensor.of(input.name(), input.type(), new long[] {1, length}, data.flip());
    }

    private void put(ByteBuffer data, int number) {
        if (input.type() == DataType.INT32) {
            data.putInt(number);
        } else {
            data.putLong(number);
        }
    }

    /** What Python takes for white space in bytes. */
    private static boolean isWhite(byte one) {
        return one == ' ' || one >= '\t' && one <= '\r';
    }
}
