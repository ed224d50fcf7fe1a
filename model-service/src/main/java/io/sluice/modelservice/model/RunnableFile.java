package io.sluice.modelservice.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file of a model that was looked into and can be run.
 *
 * @param itemId where it lies
 * @param sha256 of its bytes, in lower-case hexadecimal: others under the same item are not run
 * @param size in bytes
 * @param opset the version of the standard operators that it is written with
 * @param tokenizer that makes texts its inputs; null when it takes none, or has none yet
 */
public record RunnableFile(
        String itemId,
        String sha256,
        long size,
        int opset,
        List<TensorForm> inputs,
        List<TensorForm> outputs,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable TokenizerFile tokenizer) {

    public RunnableFile {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * A tokenizer that was looked into.
     *
     * @param itemId where it lies
     * @param name by which the configuration wants it
     * @param sha256 of its bytes, as that of the model
     * @param size in bytes
     */
    public record TokenizerFile(String itemId, String name, String sha256, long size) {}

    RunnableFile with(@Nullable TokenizerFile tokenizer) {
        return new RunnableFile(itemId, sha256, size, opset, inputs, outputs, tokenizer);
    }

    /**
     * What goes in or comes out.
     *
     * @param datatype as the Open Inference Protocol calls it, such as FP32
     * @param shape −1 for what a request chooses
     */
    public record TensorForm(String name, String datatype, List<Long> shape) {

        static TensorForm of(TensorSpec spec) {
            return new TensorForm(spec.name(), spec.type().name(), List.copyOf(spec.shape()));
        }
    }

    static RunnableFile of(String itemId, ModelFiles.KeptFile file, ModelDescription description) {
        return new RunnableFile(
                itemId,
                file.sha256(),
                file.size(),
                description.opset(),
                description.inputs().stream().map(TensorForm::of).toList(),
                description.outputs().stream().map(TensorForm::of).toList(),
                null);
    }
}
