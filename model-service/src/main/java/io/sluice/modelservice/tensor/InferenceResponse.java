package io.sluice.modelservice.tensor;

import ai.onnxruntime.platform.Fp16Conversions;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What a model answers, by the Open Inference Protocol v2.
 *
 * @param id what the request was named by the client; null when it was not
 * @param outputs in the order in which they are answered
 */
public record InferenceResponse(
        String modelName, String modelVersion, @Nullable String id, List<Tensor> outputs) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * How it is sent.
     *
     * @param jsonLength for the header {@link InferenceReader#JSON_LENGTH_HEADER}; 0 when nothing comes after the JSON
     * @param parts the JSON first, then the data of each binary output; to be sent one after the other
     */
    public record Body(int jsonLength, List<ByteBuffer> parts) {

        /** All parts together. */
        public long length() {
            return parts.stream().mapToLong(ByteBuffer::remaining).sum();
        }
    }

    /**
     * As the request wants it.
     *
     * @throws InvalidTensor when an output has a value that JSON has no number for, and was not asked for in binary form
     */
    public Body body(InferenceRequest request) {
        return written("outputs", outputs, output -> request.wantsBinary(output.name()), json -> {
            json.writeStringProperty("model_name", modelName);
            json.writeStringProperty("model_version", modelVersion);
            if (id != null) {
                json.writeStringProperty("id", id);
            }
        });
    }

    /**
     * Tensors as the protocol sends them.
     *
     * @param list what they are called
     * @param before writes what comes before them
     */
    static Body written(String list, List<Tensor> tensors, Predicate<Tensor> asBytes, Consumer<JsonGenerator> before) {
        List<ByteBuffer> parts = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            before.accept(json);
            json.writeArrayPropertyStart(list);
            for (int i = 0; i < tensors.size(); i++) {
                Tensor tensor = tensors.get(i);
                if (asBytes.test(tensor)) {
                    ByteBuffer data = binary(tensor);
                    parts.add(data);
                    write(json, tensor, data.remaining(), "");
                } else {
                    write(json, tensor, -1, list + "[" + i + "].data");
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        int jsonLength = parts.isEmpty() ? 0 : bytes.size();
        parts.add(0, ByteBuffer.wrap(bytes.toByteArray()));
        return new Body(jsonLength, parts);
    }

    private static void write(JsonGenerator json, Tensor output, int binarySize, String path) {
        json.writeStartObject();
        json.writeStringProperty("name", output.name());
        json.writeStringProperty("datatype", output.type().name());
        json.writeArrayPropertyStart("shape");
        for (long dimension : output.shape()) {
            json.writeNumber(dimension);
        }
        json.writeEndArray();
        if (binarySize >= 0) {
            json.writeObjectPropertyStart("parameters");
            json.writeNumberProperty(InferenceReader.BINARY_DATA_SIZE, binarySize);
            json.writeEndObject();
        } else {
            json.writeArrayPropertyStart("data");
            writeElements(json, output, path);
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /** One list, whatever the shape: a reader has to take both forms, and this is the short one. */
    private static void writeElements(JsonGenerator json, Tensor output, String path) {
        ByteBuffer data = output.data();
        long count = output.elements();
        for (int i = 0; i < count; i++) {
            switch (output.type()) {
                case BOOL -> json.writeBoolean(data.get() != 0);
                case UINT8 -> json.writeNumber(data.get() & 0xff);
                case INT8 -> json.writeNumber((int) data.get());
                case UINT16 -> json.writeNumber(data.getShort() & 0xffff);
                case INT16 -> json.writeNumber((int) data.getShort());
                case UINT32 -> json.writeNumber(Integer.toUnsignedLong(data.getInt()));
                case INT32 -> json.writeNumber(data.getInt());
                case UINT64 -> json.writeNumber(Long.toUnsignedString(data.getLong()));
                case INT64 -> json.writeNumber(data.getLong());
                case FP16 -> json.writeNumber((float) finite(Fp16Conversions.fp16ToFloat(data.getShort()), path, i));
                case FP32 -> json.writeNumber((float) finite(data.getFloat(), path, i));
                case FP64 -> json.writeNumber(finite(data.getDouble(), path, i));
                case BYTES -> json.writeString(new String(output.texts().get(i), StandardCharsets.UTF_8));
            }
        }
    }

    private static double finite(double value, String path, int index) {
        if (!Double.isFinite(value)) {
            throw new InvalidTensor(
                    path + "[" + index + "]",
                    "is " + value + ", which JSON has no number for: ask for it in binary form");
        }
        return value;
    }

    /** The data of a tensor as the binary extension has it: elements of any length with their length in front, 4 bytes. */
    static ByteBuffer binary(Tensor tensor) {
        if (tensor.type() != DataType.BYTES) {
            return tensor.data();
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] text : tensor.texts()) {
            bytes.putInt(text.length).put(text);
        }
        return bytes.flip();
    }
}
