package io.sluice.modelservice.tensor;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An array of elements of one type, row by row. It is never changed once it is made, so whoever hands in a buffer or a
 * list leaves it alone from then on.
 */
public final class Tensor {

    private final String name;
    private final DataType type;
    private final long[] shape;
    private final ByteBuffer data;
    private final List<byte[]> texts;

    private Tensor(String name, DataType type, long[] shape, ByteBuffer data, List<byte[]> texts) {
        this.name = name;
        this.type = type;
        this.shape = shape;
        this.data = data;
        this.texts = texts;
    }

    /**
     * Numbers.
     *
     * @param data little-endian, from its position to its limit
     * @throws InvalidTensor when the shape needs another number of bytes
     */
    public static Tensor of(String name, DataType type, long[] shape, ByteBuffer data) {
        if (type == DataType.BYTES) {
            throw new IllegalArgumentException("Elements of any length are no numbers");
        }
        long bytes = elements(name, shape) * type.size();
        if (bytes != data.remaining()) {
            throw new InvalidTensor(
                    name,
                    "has " + data.remaining() + " bytes, but " + type + " of shape " + Arrays.toString(shape)
                            + " needs " + bytes);
        }
        return new Tensor(name, type, shape.clone(), data.slice().asReadOnlyBuffer(), List.of());
    }

    /** Elements of {@link DataType#BYTES}. */
    public static Tensor ofBytes(String name, long[] shape, List<byte[]> elements) {
        long count = elements(name, shape);
        if (count != elements.size()) {
            throw new InvalidTensor(name, "has " + elements.size() + " elements, not " + count);
        }
        return new Tensor(name, DataType.BYTES, shape.clone(), ByteBuffer.allocate(0), List.copyOf(elements));
    }

    /** Texts as UTF-8. */
    public static Tensor ofTexts(String name, long[] shape, String... texts) {
        return ofBytes(
                name,
                shape,
                Arrays.stream(texts)
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    public static Tensor ofFloats(String name, long[] shape, float... elements) {
        ByteBuffer data = ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(elements);
        return of(name, DataType.FP32, shape, data);
    }

    public static Tensor ofLongs(String name, long[] shape, long... elements) {
        ByteBuffer data = ByteBuffer.allocate(elements.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(elements);
        return of(name, DataType.INT64, shape, data);
    }

    /**
     * The product of the dimensions; 1 for none.
     *
     * @param field what the shape is of, for the message
     * @throws InvalidTensor when a dimension is negative or the product, at 8 bytes each, is beyond any memory
     */
    public static long elements(String field, long... shape) {
        long elements = 1;
        try {
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new InvalidTensor(field, "has a negative dimension, " + dimension);
                }
                elements = Math.multiplyExact(elements, dimension);
            }
            Math.multiplyExact(elements, Long.BYTES);
        } catch (ArithmeticException tooMany) {
            throw new InvalidTensor(field, "has more elements than can be counted");
        }
        return elements;
    }

    public String name() {
        return name;
    }

    public DataType type() {
        return type;
    }

    public long[] shape() {
        return shape.clone();
    }

    /** How many dimensions it has. */
    public int rank() {
        return shape.length;
    }

    /** @param axis counted from 0; negative ones from the end */
    public long dimension(int axis) {
        return shape[axis < 0 ? shape.length + axis : axis];
    }

    public long elements() {
        return type == DataType.BYTES ? texts.size() : data.remaining() / type.size();
    }

    /** The bytes of numbers, little-endian; none of {@link DataType#BYTES}. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements of {@link DataType#BYTES}; none of numbers. */
    public List<byte[]> texts() {
        return texts;
    }

    /** How much memory its elements take. */
    public long bytes() {
        return type == DataType.BYTES
                ? texts.stream().mapToLong(text -> text.length + Integer.BYTES).sum()
                : data.remaining();
    }

    public Tensor named(String another) {
        return new Tensor(another, type, shape, data, texts);
    }

    /** The same elements, as rows of another shape. */
    public Tensor shaped(long... another) {
        if (elements(name, another) != elements()) {
            throw new InvalidTensor(name, "has " + elements() + " elements, not those of " + Arrays.toString(another));
        }
        return new Tensor(name, type, another.clone(), data, texts);
    }

    /** Some of its rows, which share the memory with it. The first dimension is then {@code count}. */
    public Tensor rows(long from, long count) {
        long inRow = shape[0] == 0 ? 0 : elements() / shape[0];
        long[] part = shape.clone();
        part[0] = count;
        int start = Math.toIntExact(from * inRow);
        int end = Math.toIntExact((from + count) * inRow);
        if (type == DataType.BYTES) {
            return new Tensor(name, type, part, data, texts.subList(start, end));
        }
        ByteBuffer rows = data.slice(start * type.size(), (end - start) * type.size());
        return new Tensor(name, type, part, rows, texts);
    }

    /** All numbers as floats, whatever their type; unsigned ones as they are meant, and booleans as 0 and 1. */
    public float[] floats() {
        float[] floats = new float[Math.toIntExact(elements())];
        if (type == DataType.FP32) {
            data().asFloatBuffer().get(floats);
            return floats;
        }
        ByteBuffer bytes = data();
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (type) {
                case FP32 -> bytes.getFloat();
                case FP64 -> (float) bytes.getDouble();
                case FP16 -> Fp16Conversions.fp16ToFloat(bytes.getShort());
                case INT8 -> bytes.get();
                case BOOL, UINT8 -> bytes.get() & 0xff;
                case INT16 -> bytes.getShort();
                case UINT16 -> bytes.getShort() & 0xffff;
                case INT32 -> bytes.getInt();
                case UINT32 -> Integer.toUnsignedLong(bytes.getInt());
                case INT64, UINT64 -> bytes.getLong();
                case BYTES -> throw new InvalidTensor(name, "has no numbers");
            };
        }
        return floats;
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape);
    }
}
