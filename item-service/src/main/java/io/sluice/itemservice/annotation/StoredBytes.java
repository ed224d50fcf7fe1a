package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import tools.jackson.core.JsonGenerator;

/**
 * A document as the database sends it (bsonspec.org): what is wanted of it is read where it lies, and its texts, which are UTF-8 there as they
 * are in JSON, become no strings on the way.
 *
 * <p>An element, which is a value with its name, goes by the place of its first byte.
 *
 * @param bytes with the lowest byte of a number first
 */
record StoredBytes(ByteBuffer bytes, byte[] array, int start) {

    private static final BsonType[] TYPES = new BsonType[256];

    static {
        for (BsonType type : BsonType.values()) {
            TYPES[type.getValue() & 0xff] = type;
        }
    }

    private static final int LENGTH = Integer.BYTES;
    private static final int ID = 12;

    /** A document without anything. */
    static final StoredBytes NONE = of(new RawBsonDocument(new byte[] {5, 0, 0, 0, 0}));

    static StoredBytes of(RawBsonDocument document) {
        ByteBuffer bytes = document.getByteBuffer().asNIO();
        return new StoredBytes(
                ByteBuffer.wrap(bytes.array()).order(ByteOrder.LITTLE_ENDIAN),
                bytes.array(),
                bytes.arrayOffset() + bytes.position());
    }

    /** The first element. */
    int first() {
        return start + LENGTH;
    }

    /** The first element of the object or list that an element is. */
    int firstIn(int at) {
        return value(at) + LENGTH;
    }

    /** False for the place behind the last one. */
    boolean isElement(int at) {
        return array[at] != 0;
    }

    BsonType type(int at) {
        return TYPES[array[at] & 0xff];
    }

    private int value(int at) {
        int end = at + 1;
        while (array[end] != 0) {
            end++;
        }
        return end + 1;
    }

    /** The element behind one. */
    int next(int at) {
        return end(type(at), value(at));
    }

    private int end(BsonType type, int value) {
        return value
                + switch (type) {
                    case DOUBLE, DATE_TIME, INT64, TIMESTAMP -> Long.BYTES;
                    case INT32 -> Integer.BYTES;
                    case BOOLEAN -> 1;
                    case OBJECT_ID -> ID;
                    case DECIMAL128 -> 2 * Long.BYTES;
                    case STRING, SYMBOL, JAVASCRIPT -> LENGTH + bytes.getInt(value);
                    case DOCUMENT, ARRAY, JAVASCRIPT_WITH_SCOPE -> bytes.getInt(value);
                    case BINARY -> LENGTH + 1 + bytes.getInt(value);
                    case DB_POINTER -> LENGTH + bytes.getInt(value) + ID;
                    case NULL, UNDEFINED, MIN_KEY, MAX_KEY -> 0;
                    case REGULAR_EXPRESSION, END_OF_DOCUMENT ->
                        throw new IllegalStateException("Nothing that is stored has " + type);
                };
    }

    /** Whether an element is the same id as one of another document. */
    boolean hasSameId(int at, StoredBytes other, int otherAt) {
        int value = value(at);
        int otherValue = other.value(otherAt);
        return Arrays.equals(array, value, value + ID, other.array, otherValue, otherValue + ID);
    }

    /** The id that an element is, in hexadecimal digits. */
    String hex(int at) {
        int value = value(at);
        return new ObjectId(Arrays.copyOfRange(array, value, value + ID)).toHexString();
    }

    /** The time that an element is. */
    long millis(int at) {
        return bytes.getLong(value(at));
    }

    /** Writes the value of an element as {@link JsonObject} tells it. */
    void write(int at, JsonGenerator out) {
        write(type(at), value(at), out);
    }

    private void write(BsonType type, int value, JsonGenerator out) {
        switch (type) {
            case DOCUMENT -> {
                out.writeStartObject();
                for (int at = value + LENGTH; isElement(at); ) {
                    int in = value(at);
                    out.writeName(JsonObject.givenKey(new String(array, at + 1, in - at - 2, StandardCharsets.UTF_8)));
                    write(type(at), in, out);
                    at = end(type(at), in);
                }
                out.writeEndObject();
            }
            case ARRAY -> {
                out.writeStartArray();
                for (int at = value + LENGTH; isElement(at); ) {
                    int in = value(at);
                    write(type(at), in, out);
                    at = end(type(at), in);
                }
                out.writeEndArray();
            }
            case STRING -> out.writeUTF8String(array, value + LENGTH, bytes.getInt(value) - 1);
            case INT32 -> out.writeNumber(bytes.getInt(value));
            case INT64 -> out.writeNumber(bytes.getLong(value));
            case DOUBLE -> out.writeNumber(bytes.getDouble(value));
            case BOOLEAN -> out.writeBoolean(array[value] != 0);
            case DECIMAL128 -> {
                BigDecimal number = Decimal128.fromIEEE754BIDEncoding(
                                bytes.getLong(value + Long.BYTES), bytes.getLong(value))
                        .bigDecimalValue();
                if (number.scale() <= 0) {
                    out.writeNumber(number.toBigInteger());
                } else {
                    out.writeNumber(number);
                }
            }
            default -> out.writeNull();
        }
    }
}
