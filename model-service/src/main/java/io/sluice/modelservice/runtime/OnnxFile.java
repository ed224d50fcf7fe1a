package io.sluice.modelservice.runtime;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What has to be known of an ONNX file before a library that trusts it is let loose on it. The file is walked once from
 * its beginning to its end (Protocol Buffers' encoding; field numbers of {@code onnx.proto}); weights are skipped.
 *
 * <p>Refused are weights outside of the file, because a location may be any file of this machine, or even any address of
 * this process; operators that are neither of a known domain nor functions of the model itself; and whatever is cut off.
 */
final class OnnxFile {

    /** Operators that ONNX Runtime itself brings along. */
    private static final Set<String> KNOWN_DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft");

    /** Operators of these names load other files, or run other code. */
    private static final Set<String> REFUSED_OPERATORS = Set.of("EPContext", "PythonOp", "PythonOpGrad", "ATen");

    private static final int OLDEST_OPSET = 7;
    /** As ONNX Runtime 1.23 has them. */
    private static final int NEWEST_OPSET = 23;

    private static final int DEEPEST = 40;
    private static final int MOST_NODES = 2_000_000;
    private static final int LONGEST_NAME = 4_096;
    private static final int MOST_METADATA = 1_000;

    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED_32 = 5;

    private final InputStream in;
    private long position;
    private int nodes;

    private int opset;
    private boolean hasGraph;
    private String producer = "";
    private final Map<String, String> metadata = new HashMap<>();
    private final Set<String> foreign = new HashSet<>();
    private final Set<String> functions = new HashSet<>();

    private OnnxFile(InputStream in) {
        this.in = in;
    }

    /**
     * What a file says.
     *
     * @throws ModelRefused with the reason
     */
    static OnnxFile read(Path file, long largest) {
        try {
            long size = Files.size(file);
            if (size > largest) {
                throw new ModelRefused(
                        "The model has " + size + " bytes, more than the " + largest + " that are allowed");
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                OnnxFile read = new OnnxFile(in);
                read.model(size);
                read.check();
                return read;
            }
        } catch (EOFException cutOff) {
            throw damaged();
        } catch (IOException unreadable) {
            throw new ModelRefused("The model's file cannot be read");
        }
    }

    int opset() {
        return opset;
    }

    String producer() {
        return producer;
    }

    Map<String, String> metadata() {
        return Map.copyOf(metadata);
    }

    private void check() {
        if (!hasGraph) {
            throw new ModelRefused("The file is no ONNX model: it has no graph");
        }
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new ModelRefused("The model is written for version " + opset + " of the standard operators; versions "
                    + OLDEST_OPSET + " to " + NEWEST_OPSET + " run here");
        }
        foreign.removeAll(functions);
        if (!foreign.isEmpty()) {
            throw new ModelRefused("The model needs an operator that is not known here: "
                    + foreign.iterator().next());
        }
    }

    private static ModelRefused damaged() {
        return new ModelRefused("The file is no ONNX model, or it is damaged or cut off");
    }

    /** A field of a message: what it is, and for those that have a length where they end. */
    private record Field(int number, int kind, long value, long end) {}

    private Field next(long end) throws IOException {
        long tag = varint();
        int kind = (int) (tag & 7);
        long number = tag >>> 3;
        if (number < 1 || number > 0x1fffffff) {
            throw damaged();
        }
        switch (kind) {
            case VARINT -> {
                return new Field((int) number, kind, varint(), position);
            }
            case LENGTH -> {
                long length = varint();
                if (length < 0 || length > end - position) {
                    throw damaged();
                }
                return new Field((int) number, kind, 0, position + length);
            }
            case FIXED_64 -> skip(Long.BYTES);
            case FIXED_32 -> skip(Integer.BYTES);
            default -> throw damaged();
        }
        return new Field((int) number, kind, 0, position);
    }

    private void skipTo(long end) throws IOException {
        if (position > end) {
            throw damaged();
        }
        skip(end - position);
    }

    private void skip(long count) throws IOException {
        in.skipNBytes(count);
        position += count;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            position++;
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw damaged();
    }

    private String text(Field field) throws IOException {
        if (field.kind() != LENGTH || field.end() - position > LONGEST_NAME) {
            throw damaged();
        }
        byte[] bytes = in.readNBytes((int) (field.end() - position));
        position += bytes.length;
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void model(long end) throws IOException {
        while (position < end) {
            Field field = next(end);
            switch (field.number()) {
                case 2 -> producer = text(field);
                case 7 -> {
                    hasGraph = true;
                    graph(field.end(), 1);
                }
                case 8 -> opset(field.end());
                case 14 -> metadata(field.end());
                case 25 -> function(field.end());
                default -> skipTo(field.end());
            }
        }
    }

    private void opset(long end) throws IOException {
        String domain = "";
        long version = 0;
        while (position < end) {
            Field field = next(end);
            if (field.number() == 1) {
                domain = text(field);
            } else if (field.number() == 2) {
                version = field.value();
            } else {
                skipTo(field.end());
            }
        }
        if (domain.isEmpty() || domain.equals("ai.onnx")) {
            opset = (int) Math.max(0, Math.min(version, Integer.MAX_VALUE));
        }
    }

    private void metadata(long end) throws IOException {
        String key = "";
        String value = "";
        while (position < end) {
            Field field = next(end);
            boolean isShort = field.end() - position <= LONGEST_NAME;
            if (field.number() == 1 && isShort) {
                key = text(field);
            } else if (field.number() == 2 && isShort) {
                value = text(field);
            } else {
                skipTo(field.end());
            }
        }
        if (metadata.size() < MOST_METADATA) {
            metadata.put(key, value);
        }
    }

    private void function(long end) throws IOException {
        String name = "";
        String domain = "";
        while (position < end) {
            Field field = next(end);
            switch (field.number()) {
                case 1 -> name = text(field);
                case 7 -> node(field.end(), 1);
                case 10 -> domain = text(field);
                case 11 -> attribute(field.end(), 1);
                default -> skipTo(field.end());
            }
        }
        functions.add(domain + "." + name);
    }

    private void graph(long end, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw new ModelRefused("The model's graphs are nested too deeply");
        }
        while (position < end) {
            Field field = next(end);
            switch (field.number()) {
                case 1 -> node(field.end(), depth);
                case 5 -> tensor(field.end());
                case 15 -> sparseTensor(field.end());
                default -> skipTo(field.end());
            }
        }
    }

    private void node(long end, int depth) throws IOException {
        if (++nodes > MOST_NODES) {
            throw new ModelRefused("The model has more than " + MOST_NODES + " nodes");
        }
        String operator = "";
        String domain = "";
        while (position < end) {
            Field field = next(end);
            switch (field.number()) {
                case 4 -> operator = text(field);
                case 5 -> attribute(field.end(), depth);
                case 7 -> domain = text(field);
                default -> skipTo(field.end());
            }
        }
        if (REFUSED_OPERATORS.contains(operator)) {
            throw new ModelRefused("The model has an operator that is not allowed here: " + operator);
        }
        if (!KNOWN_DOMAINS.contains(domain)) {
            foreign.add(domain + "." + operator);
        }
    }

    private void attribute(long end, int depth) throws IOException {
        while (position < end) {
            Field field = next(end);
            switch (field.number()) {
                case 5, 10 -> tensor(field.end());
                case 6, 11 -> graph(field.end(), depth + 1);
                case 22, 23 -> sparseTensor(field.end());
                default -> skipTo(field.end());
            }
        }
    }

    private void sparseTensor(long end) throws IOException {
        while (position < end) {
            Field field = next(end);
            if (field.number() == 1 || field.number() == 2) {
                tensor(field.end());
            } else {
                skipTo(field.end());
            }
        }
    }

    private void tensor(long end) throws IOException {
        while (position < end) {
            Field field = next(end);
            if (field.number() == 13 || field.number() == 14 && field.value() != 0) {
                throw new ModelRefused("The model keeps weights outside of its file. "
                        + "Save it with all of its data in one file, which has 2 GB at most");
            }
            skipTo(field.end());
        }
    }
}
