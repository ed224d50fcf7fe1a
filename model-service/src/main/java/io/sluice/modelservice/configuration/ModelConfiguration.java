package io.sluice.modelservice.configuration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the platform understands of a model's {@code configuration}; all other members of it are the user's. The same says
 * the {@link ConfigurationSchema}.
 *
 * @param input null when it is not declared, which means a picture if the model has one input that can be one
 * @param output null when it is not declared, which means a classification if the model has one output that can be one
 * @param labels of the classes by their numbers
 * @param remote the model of another server that is run; null for the model's own file
 */
public record ModelConfiguration(
        @Nullable InputConfiguration input,
        @Nullable OutputConfiguration output,
        Map<Integer, String> labels,
        @Nullable RemoteConfiguration remote) {

    private static final String PATH = "configuration";
    private static final int LARGEST_SIDE = 8_192;
    private static final int MOST_CLASSES = 1_000_000;
    private static final int MOST_ROWS = 1_024;
    private static final double ANY = 1e9;

    /** What a class is called that has no label. */
    public String label(int number) {
        return labels.getOrDefault(number, "class " + number);
    }

    /**
     * Reads it.
     *
     * @param configuration as it is in the model
     * @param labels of the model, which count when there is no {@code id_to_label_map}: the first is of class 0
     * @throws InvalidConfiguration with the field that is wrong
     */
    public static ModelConfiguration of(Map<String, ?> configuration, List<String> labels) {
        Object input = configuration.get("input");
        Object output = configuration.get("output");
        Object runtime = configuration.get("runtime");
        return new ModelConfiguration(
                input == null ? null : input(Fields.of(PATH + ".input", input)),
                output == null ? null : output(Fields.of(PATH + ".output", output)),
                labels(configuration.get("id_to_label_map"), labels),
                runtime == null ? null : remote(Fields.of(PATH + ".runtime", runtime)));
    }

    /** Its names become parts of an address, so they are of letters that mean nothing there. */
    private static RemoteConfiguration remote(Fields fields) {
        fields.requireOnly("kind", "server", "model", "version");
        if (!"remote".equals(fields.text("kind"))) {
            throw new InvalidConfiguration(PATH + ".runtime.kind", "must be remote");
        }
        String version = fields.text("version");
        return new RemoteConfiguration(
                named("server", fields.text("server")),
                named("model", fields.text("model")),
                version == null ? null : named("version", version));
    }

    private static String named(String field, @Nullable String name) {
        if (name == null || !name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")) {
            throw new InvalidConfiguration(
                    PATH + ".runtime." + field,
                    "must have 1 to 255 of the characters A-Z, a-z, 0-9, -, _ and ., of which - and . do not come first");
        }
        return name;
    }

    private static Map<Integer, String> labels(@Nullable Object map, List<String> otherwise) {
        Map<Integer, String> labels = new HashMap<>();
        String path = PATH + ".id_to_label_map";
        if (map == null) {
            for (int i = 0; i < otherwise.size(); i++) {
                labels.put(i, otherwise.get(i));
            }
        } else if (map instanceof Map<?, ?> members) {
            members.forEach((number, label) -> {
                if (!(label instanceof String text)) {
                    throw new InvalidConfiguration(path + "." + number, "must be a text");
                }
                labels.put(number(path, String.valueOf(number)), text);
            });
        } else {
            throw new InvalidConfiguration(path, "must be an object");
        }
        return Map.copyOf(labels);
    }

    private static int number(String path, String name) {
        if (name.matches("0|[1-9][0-9]{0,6}") && Integer.parseInt(name) < MOST_CLASSES) {
            return Integer.parseInt(name);
        }
        throw new InvalidConfiguration(path + "." + name, "must be named by a number from 0 on, such as \"0\"");
    }

    private static InputConfiguration input(Fields fields) {
        InputConfiguration.Kind kind =
                or(fields.choice("kind", InputConfiguration.Kind.class), InputConfiguration.Kind.IMAGE);
        Integer batchSize = fields.whole("batchSize", 1, MOST_ROWS);
        return switch (kind) {
            case IMAGE -> image(fields, batchSize);
            case TEXT -> {
                fields.requireOnly("kind", "batchSize", "tokenizer", "maxLength");
                yield new InputConfiguration.Text(
                        or(fields.text("tokenizer"), "tokenizer.json"),
                        fields.whole("maxLength", 1, 100_000, 512),
                        batchSize);
            }
            case BYTES -> {
                fields.requireOnly("kind", "batchSize", "name", "begin", "end", "padding", "strip");
                yield new InputConfiguration.Bytes(
                        fields.text("name"),
                        fields.whole("begin", 0, MOST_CLASSES, 1024),
                        fields.whole("end", 0, MOST_CLASSES, 1024),
                        fields.whole("padding", 0, 256, 256),
                        fields.bool("strip", true),
                        batchSize);
            }
            case TENSOR -> {
                fields.requireOnly("kind", "batchSize");
                yield new InputConfiguration.Tensors(batchSize);
            }
        };
    }

    private static InputConfiguration.Image image(Fields fields, @Nullable Integer batchSize) {
        fields.requireOnly(
                "kind",
                "batchSize",
                "name",
                "resize",
                "width",
                "height",
                "limitSide",
                "limitType",
                "multipleOf",
                "color",
                "layout",
                "scale",
                "mean",
                "std",
                "padColor");
        Integer width = fields.whole("width", 1, LARGEST_SIDE);
        Integer height = fields.whole("height", 1, LARGEST_SIDE);
        Integer limitSide = fields.whole("limitSide", 1, LARGEST_SIDE);
        if ((width == null) != (height == null)) {
            throw new InvalidConfiguration(
                    PATH + ".input." + (width == null ? "width" : "height"), "is missing: the other side is there");
        }
        if (limitSide != null && width != null) {
            throw new InvalidConfiguration(PATH + ".input.limitSide", "must not be there with width and height");
        }
        List<Double> std = fields.channels("std", -ANY, ANY, 1);
        if (std.contains(0.0)) {
            throw new InvalidConfiguration(PATH + ".input.std", "must not be 0");
        }
        return new InputConfiguration.Image(
                fields.text("name"),
                or(fields.choice("resize", InputConfiguration.Resize.class), InputConfiguration.Resize.STRETCH),
                width,
                height,
                limitSide,
                or(fields.choice("limitType", InputConfiguration.LimitType.class), InputConfiguration.LimitType.MIN),
                fields.whole("multipleOf", 1, 1_024, limitSide == null ? 1 : 32),
                fields.choice("color", InputConfiguration.Color.class),
                fields.choice("layout", InputConfiguration.Layout.class),
                fields.number("scale", -ANY, ANY),
                fields.channels("mean", -ANY, ANY, 0),
                std,
                fields.channels("padColor", 0, 255, 114),
                batchSize);
    }

    private static OutputConfiguration output(Fields fields) {
        OutputConfiguration.Kind kind =
                or(fields.choice("kind", OutputConfiguration.Kind.class), OutputConfiguration.Kind.CLASSIFICATION);
        return switch (kind) {
            case CLASSIFICATION -> {
                fields.requireOnly("kind", "output", "softmax", "top", "threshold");
                yield new OutputConfiguration.Classification(
                        fields.text("output"),
                        fields.bool("softmax"),
                        fields.whole("top", 1, MOST_CLASSES, 1),
                        fields.number("threshold", 0, 1, 0));
            }
            case DETECTION -> detection(fields);
            case SEGMENTATION -> {
                fields.requireOnly("kind", "output", "form", "threshold", "background", "leastArea");
                yield new OutputConfiguration.Segmentation(
                        fields.text("output"),
                        or(
                                fields.choice("form", OutputConfiguration.SegmentForm.class),
                                OutputConfiguration.SegmentForm.POLYGON),
                        fields.number("threshold", 0, 1, 0.5),
                        fields.whole("background", -1, MOST_CLASSES, 0),
                        fields.whole("leastArea", 1, MOST_CLASSES, 4));
            }
            case TEXT_DETECTION -> {
                fields.requireOnly(
                        "kind", "output", "threshold", "boxThreshold", "unclipRatio", "dilate", "most", "label");
                yield new OutputConfiguration.TextDetection(
                        fields.text("output"),
                        fields.number("threshold", 0, 1, 0.3),
                        fields.number("boxThreshold", 0, 1, 0.5),
                        fields.number("unclipRatio", 0, 10, 1.6),
                        fields.bool("dilate", true),
                        fields.whole("most", 1, 10_000, 1_000),
                        or(fields.text("label"), "text"));
            }
            case EMBEDDING -> {
                fields.requireOnly("kind", "output", "normalize");
                yield new OutputConfiguration.Embedding(fields.text("output"), fields.bool("normalize", false));
            }
            case RAW -> {
                fields.requireOnly("kind");
                yield new OutputConfiguration.Raw();
            }
        };
    }

    private static OutputConfiguration.Detection detection(Fields fields) {
        fields.requireOnly(
                "kind",
                "layout",
                "boxes",
                "scores",
                "classes",
                "format",
                "relative",
                "threshold",
                "suppress",
                "iou",
                "perClass",
                "most");
        OutputConfiguration.DetectionLayout layout = or(
                fields.choice("layout", OutputConfiguration.DetectionLayout.class),
                OutputConfiguration.DetectionLayout.SEPARATE);
        boolean isSeparate = layout == OutputConfiguration.DetectionLayout.SEPARATE;
        return new OutputConfiguration.Detection(
                layout,
                fields.text("boxes"),
                fields.text("scores"),
                fields.text("classes"),
                or(
                        fields.choice("format", OutputConfiguration.BoxFormat.class),
                        isSeparate ? OutputConfiguration.BoxFormat.XYXY : OutputConfiguration.BoxFormat.CXCYWH),
                fields.bool("relative", false),
                fields.number("threshold", 0, 1, 0.25),
                fields.bool("suppress", !isSeparate),
                fields.number("iou", 0, 1, 0.45),
                fields.bool("perClass", true),
                fields.whole("most", 1, 10_000, 300));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
