package io.sluice.modelservice.tensor;

import ai.onnxruntime.platform.Fp16Conversions;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads requests of the Open Inference Protocol v2, with its binary extension: JSON first, then the bytes of those tensors
 * that say {@code binary_data_size} instead of having {@code data}.
 *
 * <p>Numbers go from the JSON straight to where they stay, and no more memory is set aside than what was sent can fill.
 */
public final class InferenceReader {

    /** The header that says how many bytes of the body are JSON; without it all are. */
    public static final String JSON_LENGTH_HEADER = "Inference-Header-Content-Length";

    static final String BINARY_DATA_SIZE = "binary_data_size";
    static final String BINARY_DATA = "binary_data";

    private static final int MOST_DIMENSIONS = 16;
    private static final int MOST_TENSORS = 1_000;
    private static final int DEEPEST = MOST_DIMENSIONS + 16;
    private static final BigInteger LARGEST_UINT64 =
            BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private final byte[] body;
    private final int jsonLength;
    private final Map<String, byte[]> parts;
    private final long mostBytes;
    private int binaryAt;
    private String field = "the body";

    private InferenceReader(byte[] body, int jsonLength, Map<String, byte[]> parts, long mostBytes) {
        this.body = body;
        this.jsonLength = jsonLength;
        this.parts = new LinkedHashMap<>(parts);
        this.mostBytes = mostBytes;
        this.binaryAt = jsonLength;
    }

    /**
     * Reads a request; its binary tensors share the memory of the body.
     *
     * @param jsonLength what the header {@link #JSON_LENGTH_HEADER} says; null when there is none
     * @param mostBytes that one tensor may have
     * @throws InvalidTensor with the field that is wrong
     */
    public static InferenceRequest read(byte[] body, @Nullable String jsonLength, long mostBytes) {
        return new InferenceReader(body, jsonLength(body, jsonLength), Map.of(), mostBytes).read();
    }

    /**
     * Reads a request that came in parts, which is no matter of the protocol: its JSON, and the bytes of those tensors that
     * have no {@code data} by their names.
     *
     * @throws InvalidTensor with the field or the part that is wrong
     */
    public static InferenceRequest readParts(byte[] json, Map<String, byte[]> parts, long mostBytes) {
        return new InferenceReader(json, json.length, parts, mostBytes).read();
    }

    private InferenceRequest read() {
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body, 0, jsonLength)) {
            InferenceRequest request = request(json);
            field = "the body";
            if (json.nextToken() != null) {
                throw new InvalidTensor("the body", "goes on after its JSON");
            }
            if (binaryAt != body.length) {
                throw new InvalidTensor(
                        "the body",
                        "has " + (body.length - binaryAt) + " bytes that no " + BINARY_DATA_SIZE + " claims");
            }
            for (String unclaimed : parts.keySet()) {
                throw new InvalidTensor(unclaimed, "is a part that none of the request's inputs is called");
            }
            return request;
        } catch (JacksonException broken) {
            throw new InvalidTensor(field, "is no JSON: " + broken.getOriginalMessage());
        }
    }

    /**
     * Reads what another server answered; its binary tensors share the memory of the body. What it says besides the outputs
     * is left out.
     *
     * @param jsonLength as for {@link #read}
     * @param mostBytes as for {@link #read}
     * @throws InvalidTensor as {@link #read} does
     */
    public static List<Tensor> readAnswer(byte[] body, @Nullable String jsonLength, long mostBytes) {
        InferenceReader reader = new InferenceReader(body, jsonLength(body, jsonLength), Map.of(), mostBytes);
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body, 0, reader.jsonLength)) {
            require(json.nextToken() == JsonToken.START_OBJECT, "the body", "must be an object");
            List<Tensor> outputs = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                reader.field = json.currentName();
                json.nextToken();
                if (reader.field.equals("outputs")) {
                    outputs = reader.tensors(json, "outputs");
                } else {
                    json.skipChildren();
                }
            }
            return present(outputs, "outputs");
        } catch (JacksonException broken) {
            throw new InvalidTensor(reader.field, "is no JSON: " + broken.getOriginalMessage());
        }
    }

    private static int jsonLength(byte[] body, @Nullable String header) {
        if (header == null) {
            return body.length;
        }
        try {
            int length = Integer.parseInt(header.strip());
            if (length >= 0 && length <= body.length) {
                return length;
            }
        } catch (NumberFormatException noNumber) {
            // Said below, as for one that is out of range.
        }
        throw new InvalidTensor(JSON_LENGTH_HEADER, "must be 0 to the length of the body, " + body.length);
    }

    private InferenceRequest request(JsonParser json) {
        require(json.nextToken() == JsonToken.START_OBJECT, "the body", "must be an object");
        String id = null;
        Map<String, Object> parameters = Map.of();
        List<Tensor> inputs = null;
        List<InferenceRequest.RequestedOutput> outputs = List.of();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String member = json.currentName();
            json.nextToken();
            field = member;
            switch (member) {
                case "id" -> id = json.currentToken() == JsonToken.VALUE_NULL ? null : text(json, "id");
                case "parameters" -> parameters = parameters(json, "parameters");
                case "inputs" -> inputs = tensors(json, "inputs");
                case "outputs" -> outputs = outputs(json);
                default -> throw new InvalidTensor(member, "is not known: only id, parameters, inputs and outputs are");
            }
        }
        return new InferenceRequest(id, parameters, present(inputs, "inputs"), outputs);
    }

    private List<Tensor> tensors(JsonParser json, String list) {
        require(json.currentToken() == JsonToken.START_ARRAY, list, "must be a list");
        List<Tensor> tensors = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(tensors.size() < MOST_TENSORS, list, "has more than " + MOST_TENSORS + " tensors");
            tensors.add(tensor(json, list + "[" + tensors.size() + "]"));
        }
        return tensors;
    }

    private Tensor tensor(JsonParser json, String path) {
        require(json.currentToken() == JsonToken.START_OBJECT, path, "must be an object");
        String name = null;
        DataType type = null;
        long[] shape = null;
        Map<String, Object> parameters = Map.of();
        Elements elements = null;
        long dataAt = -1;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String member = json.currentName();
            json.nextToken();
            field = path + "." + member;
            switch (member) {
                case "name" -> name = text(json, field);
                case "datatype" -> type = type(text(json, field), field);
                case "shape" -> shape = shape(json, field);
                case "parameters" -> parameters = parameters(json, field);
                case "data" -> {
                    if (type != null && shape != null) {
                        elements = elements(json, type, shape, path);
                    } else {
                        // What the numbers mean comes later: they are read then.
                        dataAt = json.currentTokenLocation().getByteOffset();
                        json.skipChildren();
                    }
                }
                default ->
                    throw new InvalidTensor(field, "is not known: only name, datatype, shape, parameters and data are");
            }
        }
        InferenceTensor of = new InferenceTensor(
                present(name, path + ".name"), present(type, path + ".datatype"), present(shape, path + ".shape"));
        field = path + ".data";
        if (elements == null && dataAt >= 0) {
            int from = (int) dataAt;
            try (JsonParser again = JSON.createParser(ObjectReadContext.empty(), body, from, jsonLength - from)) {
                again.nextToken();
                elements = elements(again, of.type, of.shape, path);
            }
        }
        Object size = parameters.get(BINARY_DATA_SIZE);
        byte[] part = parts.remove(of.name);
        if (part != null) {
            require(elements == null, path + ".data", "must not be there with a part of its name");
            require(
                    size == null || size.equals((long) part.length),
                    path + ".parameters." + BINARY_DATA_SIZE,
                    "must be " + part.length + ", as many as the part has");
            elements = numbers(ByteBuffer.wrap(part), of.type, count(of.type, of.shape, path), of.name);
        } else if (size != null) {
            require(elements == null, path + ".data", "must not be there with " + BINARY_DATA_SIZE);
            elements = binary(size, of.type, of.shape, path);
        }
        return present(elements, path + ".data").toTensor(of.name, of.type, of.shape);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record InferenceTensor(String name, DataType type, long[] shape) {}

    /** Either the bytes of numbers or the elements of any length. */
    private record Elements(ByteBuffer data, List<byte[]> texts) {

        Tensor toTensor(String name, DataType type, long[] shape) {
            return type == DataType.BYTES ? Tensor.ofBytes(name, shape, texts) : Tensor.of(name, type, shape, data);
        }
    }

    private Elements binary(Object size, DataType type, long[] shape, String path) {
        String sizeField = path + ".parameters." + BINARY_DATA_SIZE;
        long count = count(type, shape, path);
        if (!(size instanceof Long length) || length < 0) {
            throw new InvalidTensor(sizeField, "must be a number of bytes");
        }
        if (length > body.length - binaryAt) {
            throw new InvalidTensor(
                    sizeField, "is " + length + ", but only " + (body.length - binaryAt) + " bytes are left");
        }
        ByteBuffer data = ByteBuffer.wrap(body, binaryAt, length.intValue()).slice();
        binaryAt += length.intValue();
        return numbers(data, type, count, sizeField);
    }

    /** @param sizeField what says how many bytes they are, for messages */
    private static Elements numbers(ByteBuffer data, DataType type, long count, String sizeField) {
        if (type == DataType.BYTES) {
            return new Elements(ByteBuffer.allocate(0), bytes(data.order(ByteOrder.LITTLE_ENDIAN), count, sizeField));
        }
        if (data.remaining() != count * type.size()) {
            throw new InvalidTensor(
                    sizeField,
                    "is " + data.remaining() + ", but shape and datatype need " + count * type.size() + " bytes");
        }
        if (type == DataType.BOOL) {
            requireBooleans(data, sizeField);
        }
        return new Elements(data, List.of());
    }

    /** Any other byte in place of a boolean makes kernels read beyond what they count. */
    private static void requireBooleans(ByteBuffer data, String sizeField) {
        for (int i = 0; i < data.limit(); i++) {
            require((data.get(i) & 0xfe) == 0, sizeField, "covers a BOOL that is neither 0 nor 1");
        }
    }

    /** Each with its length in front, 4 bytes. */
    private static List<byte[]> bytes(ByteBuffer data, long count, String sizeField) {
        require(count <= data.remaining() / Integer.BYTES, sizeField, "is too small for " + count + " elements");
        List<byte[]> elements = new ArrayList<>((int) count);
        while (data.hasRemaining()) {
            require(elements.size() < count, sizeField, "covers more than " + count + " elements");
            int length = data.remaining() < Integer.BYTES ? -1 : data.getInt();
            require(length >= 0 && length <= data.remaining(), sizeField, "cuts off an element");
            byte[] element = new byte[length];
            data.get(element);
            elements.add(element);
        }
        require(elements.size() == count, sizeField, "covers " + elements.size() + " elements, not " + count);
        return elements;
    }

    private long count(DataType type, long[] shape, String path) {
        long count = Tensor.elements(path + ".shape", shape);
        if (count * Math.max(1, type.size()) > mostBytes) {
            throw new InvalidTensor(path + ".shape", "needs more than the " + mostBytes + " bytes that are allowed");
        }
        return count;
    }

    private Elements elements(JsonParser json, DataType type, long[] shape, String path) {
        String data = path + ".data";
        long count = count(type, shape, path);
        require(json.currentToken() == JsonToken.START_ARRAY, data, "must be a list");
        // An element takes a digit and a comma at least: a shape that promises more than was sent gets no memory.
        require(count <= jsonLength / 2 + 1, data, "has fewer elements than the " + count + " of its shape");
        Sink sink = new Sink(type, count, data, mostBytes);
        JsonToken first = json.nextToken();
        if (first == JsonToken.START_ARRAY) {
            nested(json, shape, 0, data, sink);
        } else {
            for (JsonToken token = first; token != JsonToken.END_ARRAY; token = json.nextToken()) {
                sink.add(json, token);
            }
        }
        require(sink.added == count, data, "has " + sink.added + " elements, not " + count);
        return new Elements(sink.numbers.flip(), sink.texts);
    }

    /** The parser stands at the first child. */
    private void nested(JsonParser json, long[] shape, int depth, String path, Sink sink) {
        require(depth < shape.length, path, "is nested deeper than its shape");
        boolean isInnermost = depth == shape.length - 1;
        long children = 0;
        for (JsonToken token = json.currentToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            if (isInnermost) {
                sink.add(json, token);
            } else {
                require(token == JsonToken.START_ARRAY, path, "must have lists at that depth");
                json.nextToken();
                nested(json, shape, depth + 1, path, sink);
            }
            children++;
        }
        require(children == shape[depth], path, "has a list of " + children + " where its shape says " + shape[depth]);
    }

    /** Where elements go one after the other. */
    private static final class Sink {
        private final DataType type;
        private final long count;
        private final String path;
        private final long mostBytes;
        private final ByteBuffer numbers;
        private final List<byte[]> texts = new ArrayList<>();
        private long bytesOfTexts;
        private long added;

        Sink(DataType type, long count, String path, long mostBytes) {
            this.type = type;
            this.count = count;
            this.path = path;
            this.mostBytes = mostBytes;
            this.numbers =
                    ByteBuffer.allocate(Math.toIntExact(count * type.size())).order(ByteOrder.LITTLE_ENDIAN);
        }

        void add(JsonParser json, JsonToken token) {
            require(added < count, path, "has more than the " + count + " elements of its shape");
            switch (type) {
                case BOOL -> {
                    require(
                            token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE,
                            element(),
                            "must be a boolean");
                    numbers.put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
                }
                case UINT8 -> numbers.put((byte) integer(json, token, 0, 0xff));
                case INT8 -> numbers.put((byte) integer(json, token, Byte.MIN_VALUE, Byte.MAX_VALUE));
                case UINT16 -> numbers.putShort((short) integer(json, token, 0, 0xffff));
                case INT16 -> numbers.putShort((short) integer(json, token, Short.MIN_VALUE, Short.MAX_VALUE));
                case UINT32 -> numbers.putInt((int) integer(json, token, 0, 0xffffffffL));
                case INT32 -> numbers.putInt((int) integer(json, token, Integer.MIN_VALUE, Integer.MAX_VALUE));
                case INT64 -> numbers.putLong(integer(json, token, Long.MIN_VALUE, Long.MAX_VALUE));
                case UINT64 -> numbers.putLong(unsigned(json, token));
                case FP16 -> {
                    short half = Fp16Conversions.floatToFp16(number(json, token).getFloatValue());
                    requireFinite(Fp16Conversions.fp16ToFloat(half));
                    numbers.putShort(half);
                }
                case FP32 -> {
                    float value = number(json, token).getFloatValue();
                    requireFinite(value);
                    numbers.putFloat(value);
                }
                case FP64 -> {
                    double value = number(json, token).getDoubleValue();
                    requireFinite(value);
                    numbers.putDouble(value);
                }
                case BYTES -> {
                    require(token == JsonToken.VALUE_STRING, element(), "must be a string");
                    byte[] text = json.getString().getBytes(StandardCharsets.UTF_8);
                    bytesOfTexts += text.length;
                    require(
                            bytesOfTexts <= mostBytes,
                            path,
                            "has more than the " + mostBytes + " bytes that are allowed");
                    texts.add(text);
                }
            }
            added++;
        }

        private String element() {
            return path + "[" + added + "]";
        }

        private JsonParser number(JsonParser json, JsonToken token) {
            require(token.isNumeric(), element(), "must be a number");
            return json;
        }

        private void requireFinite(double value) {
            require(Double.isFinite(value), element(), "is too large for " + type);
        }

        private long integer(JsonParser json, JsonToken token, long least, long most) {
            require(token == JsonToken.VALUE_NUMBER_INT, element(), "must be a whole number");
            JsonParser.NumberType size = json.getNumberType();
            boolean fits = size == JsonParser.NumberType.INT || size == JsonParser.NumberType.LONG;
            long value = fits ? json.getLongValue() : 0;
            require(fits && value >= least && value <= most, element(), "is out of the range of " + type);
            return value;
        }

        private long unsigned(JsonParser json, JsonToken token) {
            require(token == JsonToken.VALUE_NUMBER_INT, element(), "must be a whole number");
            BigInteger value = json.getBigIntegerValue();
            require(
                    value.signum() >= 0 && value.compareTo(LARGEST_UINT64) <= 0,
                    element(),
                    "is out of the range of " + type);
            return value.longValue();
        }
    }

    private List<InferenceRequest.RequestedOutput> outputs(JsonParser json) {
        require(json.currentToken() == JsonToken.START_ARRAY, "outputs", "must be a list");
        List<InferenceRequest.RequestedOutput> outputs = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(outputs.size() < MOST_TENSORS, "outputs", "has more than " + MOST_TENSORS + " tensors");
            outputs.add(output(json, "outputs[" + outputs.size() + "]"));
        }
        return outputs;
    }

    private InferenceRequest.RequestedOutput output(JsonParser json, String path) {
        require(json.currentToken() == JsonToken.START_OBJECT, path, "must be an object");
        String name = null;
        Map<String, Object> parameters = Map.of();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String member = json.currentName();
            json.nextToken();
            field = path + "." + member;
            switch (member) {
                case "name" -> name = text(json, field);
                case "parameters" -> parameters = parameters(json, field);
                default -> throw new InvalidTensor(field, "is not known: only name and parameters are");
            }
        }
        String present = present(name, path + ".name");
        Object isBinary = parameters.get(BINARY_DATA);
        require(
                isBinary == null || isBinary instanceof Boolean,
                path + ".parameters." + BINARY_DATA,
                "must be true or false");
        return new InferenceRequest.RequestedOutput(present, (Boolean) isBinary, parameters);
    }

    private static String text(JsonParser json, String path) {
        require(json.currentToken() == JsonToken.VALUE_STRING, path, "must be a string");
        return json.getString();
    }

    private static DataType type(String name, String path) {
        return DataType.of(name)
                .orElseThrow(() -> new InvalidTensor(
                        path,
                        "must be one of BOOL, UINT8 to UINT64, INT8 to INT64, " + "FP16, FP32, FP64 and BYTES, but is "
                                + name));
    }

    private static long[] shape(JsonParser json, String path) {
        require(json.currentToken() == JsonToken.START_ARRAY, path, "must be a list");
        long[] shape = new long[MOST_DIMENSIONS];
        int rank = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            require(rank < MOST_DIMENSIONS, path, "has more than " + MOST_DIMENSIONS + " dimensions");
            require(token == JsonToken.VALUE_NUMBER_INT, path, "must have whole numbers");
            require(
                    json.getNumberType() != JsonParser.NumberType.BIG_INTEGER && json.getLongValue() >= 0,
                    path,
                    "must have numbers from 0 on");
            shape[rank++] = json.getLongValue();
        }
        return Arrays.copyOf(shape, rank);
    }

    /** Of simple values only, as the protocol has it. */
    private static Map<String, Object> parameters(JsonParser json, String path) {
        require(json.currentToken() == JsonToken.START_OBJECT, path, "must be an object");
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            switch (json.nextToken()) {
                case VALUE_STRING -> parameters.put(name, json.getString());
                case VALUE_TRUE -> parameters.put(name, true);
                case VALUE_FALSE -> parameters.put(name, false);
                case VALUE_NUMBER_FLOAT -> parameters.put(name, json.getDoubleValue());
                case VALUE_NUMBER_INT -> {
                    require(
                            json.getNumberType() != JsonParser.NumberType.BIG_INTEGER,
                            path + "." + name,
                            "is too large");
                    parameters.put(name, json.getLongValue());
                }
                default -> throw new InvalidTensor(path + "." + name, "must be a string, a number or a boolean");
            }
        }
        return parameters;
    }

    private static <T> T present(@Nullable T value, String field) {
        if (value == null) {
            throw new InvalidTensor(field, "is missing");
        }
        return value;
    }

    private static void require(boolean isRight, String field, String problem) {
        if (!isRight) {
            throw new InvalidTensor(field, problem);
        }
    }
}
