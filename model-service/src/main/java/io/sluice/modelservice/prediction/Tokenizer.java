package io.sluice.modelservice.prediction;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes tokens of texts, by a file in the format of Hugging Face's tokenizers; what does it is a native library. */
public final class Tokenizer implements AutoCloseable {

    /** The largest file in bytes: 64 MiB. */
    public static final long LARGEST = 64L * 1024 * 1024;

    static final String FIELD = "configuration.input.tokenizer";

    private static final Logger log = LoggerFactory.getLogger(Tokenizer.class);

    static {
        // Whatever is not in its jar it would fetch from the network; on a machine with a graphics card that is another
        // build.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
    }

    /** Frees what nobody uses any more: a tokenizer that leaves the memory may just be at work on a text. */
    private static final Cleaner UNUSED = Cleaner.create();

    private final HuggingFaceTokenizer tokenizer;
    private final Cleaner.Cleanable memory;

    private Tokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.memory = UNUSED.register(this, tokenizer::close);
    }

    /**
     * Where the native library is unpacked when it is first needed; by default below the home directory, which a container has
     * not. Nobody else may write there.
     */
    public static void unpackInto(Path folder) {
        System.setProperty("ENGINE_CACHE_DIR", folder.toAbsolutePath().toString());
    }

    /**
     * Reads one. Takes time, so it is not for an event loop.
     *
     * @param maxLength tokens of a text; what is longer is cut off
     * @throws InvalidConfiguration when it cannot be read, or when the library does not run on this machine
     */
    public static Tokenizer read(Path file, int maxLength) {
        Map<String, String> options =
                Map.of("truncation", "true", "padding", "false", "maxLength", Integer.toString(maxLength));
        try {
            return new Tokenizer(HuggingFaceTokenizer.newInstance(file, options));
        } catch (IOException | RuntimeException broken) {
            throw new InvalidConfiguration(FIELD, "is no tokenizer that can be read");
        } catch (LinkageError noLibrary) {
            log.warn("The library of tokenizers cannot be loaded", noLibrary);
            throw new InvalidConfiguration(
                    FIELD, "cannot be used: the library of tokenizers does not run on this machine; send tensors");
        }
    }

    Encoding encode(String text) {
        try {
            return tokenizer.encode(text);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** For who knows that nobody else uses it. */
    @Override
    public void close() {
        memory.clean();
    }
}
