package io.sluice.modelservice.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtUtil;
import ai.onnxruntime.TensorInfo;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model in memory. */
final class LoadedModel implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

    private static final int ALIGNMENT = 64;

    /** A thread keeps no more than this between two runs. */
    private static final int MOST_KEPT = 32 * 1024 * 1024;

    /** Where the inputs of a thread's run are put together. Memory outside of the heap is slow to get, and to give back. */
    private static final ThreadLocal<ByteBuffer> ROOM = ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final ModelDescription description;
    private final long largestTensor;

    private LoadedModel(
            OrtEnvironment environment, OrtSession session, ModelDescription description, long largestTensor) {
        this.environment = environment;
        this.session = session;
        this.description = description;
        this.largestTensor = largestTensor;
    }

    /** Loads a model, which may take seconds. */
    static LoadedModel load(OrtEnvironment environment, Path path, RuntimeProperties properties) {
        OnnxFile file = OnnxFile.read(path, properties.largestModel().toBytes());
        OrtSession session = session(environment, path, properties);
        try {
            ModelDescription description = new ModelDescription(
                    specs(session.getInputInfo(), true),
                    specs(session.getOutputInfo(), false),
                    file.opset(),
                    file.producer(),
                    file.metadata());
            return new LoadedModel(
                    environment,
                    session,
                    description,
                    properties.largestTensor().toBytes());
        } catch (OrtException | RuntimeException failure) {
            close(session);
            throw failure instanceof ModelRefused refused
                    ? refused
                    : new ModelRefused("The model's inputs and outputs cannot be read: " + failure.getMessage());
        }
    }

    private static OrtSession session(OrtEnvironment environment, Path path, RuntimeProperties properties) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            addProvider(options, properties);
            options.disablePerSessionThreads();
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            // The other format that it knows has not been walked through.
            options.addConfigEntry("session.load_model_format", "ONNX");
            // What is constant would be computed while it loads, which nobody can stop; in a run there is a limit.
            options.addConfigEntry("optimization.disable_specified_optimizers", "ConstantFolding;ConstantFoldingDQ");
            return environment.createSession(path.toString(), options);
        } catch (OrtException refused) {
            throw new ModelRefused(
                    "The model cannot be loaded: " + withoutPath(String.valueOf(refused.getMessage()), path));
        }
    }

    /** What computes; the processor does what a graphics card cannot. */
    static void addProvider(OrtSession.SessionOptions options, RuntimeProperties properties) throws OrtException {
        if (properties.provider() == RuntimeProperties.Provider.CUDA) {
            options.addCUDA(properties.device());
        }
    }

    /** Where the file lies is nobody's business. */
    private static String withoutPath(@Nullable String message, Path path) {
        return String.valueOf(message).replace(path.toString(), "the model");
    }

    private static List<TensorSpec> specs(Map<String, NodeInfo> nodes, boolean areInputs) {
        List<TensorSpec> specs = new ArrayList<>();
        nodes.forEach((name, node) -> {
            if (!(node.getInfo() instanceof TensorInfo info)) {
                throw new ModelRefused((areInputs ? "Input " : "Output ") + name
                        + " is no tensor, but a sequence or a map. Export the model without it");
            }
            DataType type = type(info, name);
            if (areInputs && (type == DataType.UINT16 || type == DataType.UINT32 || type == DataType.UINT64)) {
                throw new ModelRefused("Input " + name + " has the type " + type + ", which cannot be fed here");
            }
            specs.add(new TensorSpec(
                    name, type, Arrays.stream(info.getShape()).boxed().toList(), List.of(info.getDimensionNames())));
        });
        return List.copyOf(specs);
    }

    private static DataType type(TensorInfo info, String name) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
            default ->
                throw new ModelRefused(
                        name + " has a type that the inference protocol has no name for: " + info.onnxType);
        };
    }

    ModelDescription description() {
        return description;
    }

    /**
     * Runs the rows of several requests as one.
     *
     * @param requests for each the inputs in the model's order, all of the same shape but for the first dimension
     * @return the outputs in the model's order
     */
    List<Tensor> run(List<List<Tensor>> requests, Run run) throws OrtException {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try {
            fill(inputs, requests);
            try (OrtSession.Result result = session.run(inputs, run.options())) {
                return outputs(result);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private void fill(Map<String, OnnxTensor> inputs, List<List<Tensor>> requests) throws OrtException {
        ByteBuffer room = room(requests);
        for (int i = 0; i < description.inputs().size(); i++) {
            TensorSpec spec = description.inputs().get(i);
            long[] shape = requests.get(0).get(i).shape();
            if (requests.size() > 1) {
                shape[0] = 0;
                for (List<Tensor> request : requests) {
                    shape[0] += request.get(i).dimension(0);
                }
            }
            if (spec.type() == DataType.BYTES) {
                inputs.put(spec.name(), OnnxTensor.createTensor(environment, texts(requests, i), shape));
                continue;
            }
            int start = aligned(room.position());
            room.position(start);
            for (List<Tensor> request : requests) {
                room.put(request.get(i).data());
            }
            ByteBuffer data = room.slice(start, room.position() - start).order(ByteOrder.nativeOrder());
            inputs.put(spec.name(), OnnxTensor.createTensor(environment, data, shape, javaType(spec.type())));
        }
    }

    private static ByteBuffer room(List<List<Tensor>> requests) {
        long need = 0;
        for (List<Tensor> request : requests) {
            for (Tensor input : request) {
                need += input.type() == DataType.BYTES ? 0 : input.bytes();
            }
        }
        int size = aligned(
                Math.toIntExact(need + (long) ALIGNMENT * requests.get(0).size()));
        ByteBuffer kept = ROOM.get();
        if (kept.capacity() < size) {
            kept = ByteBuffer.allocateDirect(size);
            if (size <= MOST_KEPT) {
                ROOM.set(kept);
            }
        }
        return kept.clear();
    }

    private static int aligned(int position) {
        return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private static String[] texts(List<List<Tensor>> requests, int input) {
        return requests.stream()
                .flatMap(request -> request.get(input).texts().stream())
                .map(text -> new String(text, StandardCharsets.UTF_8))
                .toArray(String[]::new);
    }

    private static OnnxJavaType javaType(DataType type) {
        return switch (type) {
            case BOOL -> OnnxJavaType.BOOL;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case FP16 -> OnnxJavaType.FLOAT16;
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
            case BYTES -> OnnxJavaType.STRING;
            case UINT16, UINT32, UINT64 ->
                throw new IllegalArgumentException(type + " is refused when a model is loaded");
        };
    }

    private List<Tensor> outputs(OrtSession.Result result) throws OrtException {
        List<Tensor> outputs = new ArrayList<>();
        for (TensorSpec spec : description.outputs()) {
            OnnxValue value = result.get(spec.name()).orElse(null);
            if (!(value instanceof OnnxTensor tensor)) {
                throw new InferenceFailed("The model gave no " + spec.name());
            }
            long[] shape = tensor.getInfo().getShape();
            long elements = Tensor.elements(spec.name(), shape);
            if (elements * Math.max(1, spec.type().size()) > largestTensor) {
                throw new InferenceFailed("The output " + spec.name() + " of shape " + Arrays.toString(shape)
                        + " is larger than the " + largestTensor + " bytes that are allowed");
            }
            if (spec.type() != DataType.BYTES) {
                outputs.add(Tensor.of(spec.name(), spec.type(), shape, tensor.getByteBuffer()));
            } else {
                Object texts = elements == 0 ? new String[0] : tensor.getValue();
                outputs.add(Tensor.ofTexts(
                        spec.name(),
                        shape,
                        texts instanceof String text ? new String[] {text} : OrtUtil.flattenString(texts)));
            }
        }
        return outputs;
    }

    @Override
    public void close() {
        close(session);
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException failure) {
            LOG.warn("A model was not unloaded", failure);
        }
    }
}
