package io.sluice.modelservice.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a model by the Open Inference Protocol v2.
 *
 * @param id the client's own name for the request, which the response repeats; null for none
 * @param parameters of the request as a whole
 * @param outputs which ones it asks for; all of them when there are none
 */
public record InferenceRequest(
        @Nullable String id, Map<String, Object> parameters, List<Tensor> inputs, List<RequestedOutput> outputs) {

    /**
     * An output that is asked for.
     *
     * @param isBinary whether its data comes after the JSON; null when the request does not say it of this output
     */
    public record RequestedOutput(String name, @Nullable Boolean isBinary, Map<String, Object> parameters) {}

    /** Whether the data of that output is to come after the JSON. */
    public boolean wantsBinary(String output) {
        for (RequestedOutput requested : outputs) {
            if (requested.name().equals(output) && requested.isBinary() != null) {
                return requested.isBinary();
            }
        }
        return Boolean.TRUE.equals(parameters.get("binary_data_output"));
    }

    /**
     * Those of a model's outputs that are asked for, in the order in which they are.
     *
     * @throws InvalidTensor when one is asked for that the model does not have
     */
    public List<Tensor> selected(List<Tensor> all) {
        List<Tensor> selected = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            String name = outputs.get(i).name();
            String field = "outputs[" + i + "].name";
            selected.add(all.stream()
                    .filter(output -> output.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InvalidTensor(field, "is no output of the model: " + name)));
        }
        return outputs.isEmpty() ? all : selected;
    }

    /**
     * How another server is asked for all outputs of a model.
     *
     * @param asBytes whether it takes and gives tensors as bytes behind the JSON
     * @throws InvalidTensor when an input has a value that JSON has no number for, and has to be sent so
     */
    public static InferenceResponse.Body body(List<Tensor> inputs, boolean asBytes) {
        return InferenceResponse.written("inputs", inputs, input -> asBytes, json -> {
            if (asBytes) {
                json.writeObjectPropertyStart("parameters");
                json.writeBooleanProperty("binary_data_output", true);
                json.writeEndObject();
            }
        });
    }
}
