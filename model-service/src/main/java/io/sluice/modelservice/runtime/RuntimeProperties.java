package io.sluice.modelservice.runtime;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How models run.
 *
 * @param memory that all loaded models may take together, each counted as twice its file and 16 MB; default 4 GB
 * @param threads as many runs are under way at once; one of them is kept for a second project. 0, the default: one more
 *     than there are processors
 * @param operatorThreads that all runs share for the work inside of an operator; 0, the default: the number of processors.
 *     Counts from the first runtime of a process on
 * @param queue as many requests wait at most, half of them of one project; default 1,000
 * @param queueMemory that the inputs of waiting requests take at most; default 256 MB
 * @param window how long a run waits for more requests to take along, when there are others of the same model; default 2 ms
 * @param mostRows that are run together, when the model's configuration says nothing else; default 8
 * @param longest how long a run may take, and how long a request waits for its turn; default 30 s
 * @param largestModel of a file; 2 GB, which is the default, is the most that the format can hold
 * @param largestTensor of an input or output; default 256 MB
 * @param largestRun of all inputs and outputs of a run together; default 512 MB
 * @param provider what computes: cpu, the default, or cuda, which is in builds with the profile {@code cuda} only
 * @param device the number of the graphics card, from 0, which is the default; nothing else than cuda looks at it
 */
@ConfigurationProperties("model-service.runtime")
public record RuntimeProperties(
        @DefaultValue("4GB") DataSize memory,
        @DefaultValue("0") int threads,
        @DefaultValue("0") int operatorThreads,
        @DefaultValue("1000") int queue,
        @DefaultValue("256MB") DataSize queueMemory,
        @DefaultValue("2ms") Duration window,
        @DefaultValue("8") int mostRows,
        @DefaultValue("30s") Duration longest,
        @DefaultValue("2GB") DataSize largestModel,
        @DefaultValue("256MB") DataSize largestTensor,
        @DefaultValue("512MB") DataSize largestRun,
        @DefaultValue("cpu") Provider provider,
        @DefaultValue("0") int device) {

    /** What computes. */
    public enum Provider {
        CPU,
        CUDA
    }

    private static final DataSize LARGEST_BUFFER = DataSize.ofGigabytes(1);

    public RuntimeProperties {
        if (threads < 0 || operatorThreads < 0 || queue < 1 || mostRows < 1) {
            throw new IllegalArgumentException("model-service.runtime: threads and operator-threads must be 0 or more, "
                    + "queue and most-rows 1 or more");
        }
        if (window.isNegative() || longest.toMillis() < 1) {
            throw new IllegalArgumentException("model-service.runtime: window must be 0 or more, longest 1ms or more");
        }
        if (device < 0) {
            throw new IllegalArgumentException("model-service.runtime.device must be 0 or more");
        }
        if (largestTensor.compareTo(LARGEST_BUFFER) > 0 || largestRun.compareTo(LARGEST_BUFFER) > 0) {
            throw new IllegalArgumentException(
                    "model-service.runtime: largest-tensor and largest-run must be 1GB or less");
        }
    }

    int runsAtOnce() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors() + 1;
    }

    int operatorThreadsInAll() {
        return operatorThreads > 0 ? operatorThreads : Runtime.getRuntime().availableProcessors();
    }
}
