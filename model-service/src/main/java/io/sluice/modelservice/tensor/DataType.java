package io.sluice.modelservice.tensor;

import java.util.Arrays;
import java.util.Optional;

/** The types of elements, as the Open Inference Protocol v2 names them. */
public enum DataType {
    BOOL(1),
    UINT8(1),
    UINT16(2),
    UINT32(4),
    UINT64(8),
    INT8(1),
    INT16(2),
    INT32(4),
    INT64(8),
    FP16(2),
    FP32(4),
    FP64(8),
    /** Any bytes, each element of a length of its own; text is UTF-8. */
    BYTES(0);

    private final int size;

    DataType(int size) {
        this.size = size;
    }

    /** Bytes that an element takes; 0 for {@link #BYTES}. */
    public int size() {
        return size;
    }

    /** Whether its elements are floating-point numbers. */
    public boolean isFloating() {
        return this == FP16 || this == FP32 || this == FP64;
    }

    /** The type of that name, which is in capitals. */
    public static Optional<DataType> of(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
