package io.sluice.modelservice.execution;

import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.prediction.Result;
import io.sluice.modelservice.prediction.Result.Labeled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a model says, as annotations (contract ml §A.3); {@code metadata.user.model} says which model and how sure it is. */
final class FoundAnnotations {

    private FoundAnnotations() {}

    /** Of the results that can be annotations; vectors and tensors cannot. */
    static List<JsonObject> of(List<Result> results, String modelId, String modelName) {
        return results.stream()
                .filter(Labeled.class::isInstance)
                .map(result -> annotation((Labeled) result, modelId, modelName))
                .toList();
    }

    private static JsonObject annotation(Labeled found, String modelId, String modelName) {
        Map<String, @Nullable Object> annotation = new LinkedHashMap<>();
        if (found instanceof Result.Box box) {
            annotation.put("type", "box");
            annotation.put("coordinates", List.of(point(box.left(), box.top()), point(box.right(), box.bottom())));
        } else if (found instanceof Result.Polygon polygon) {
            annotation.put("type", "segment");
            annotation.put(
                    "coordinates",
                    List.of(polygon.points().stream()
                            .map(point -> point(point.x(), point.y()))
                            .toList()));
        } else if (found instanceof Result.Mask mask) {
            annotation.put("type", "binary");
            annotation.put("coordinates", mask.toDataUrl());
        } else {
            annotation.put("type", "class");
        }
        annotation.put("label", found.label());
        JsonObject says = JsonObject.EMPTY
                .with("name", modelName)
                .with("model_id", modelId)
                .with("confidence", found.score());
        annotation.put("metadata", Map.of("user", Map.of("model", says.members())));
        return new JsonObject(annotation);
    }

    private static Map<String, @Nullable Object> point(double x, double y) {
        return JsonObject.EMPTY.with("x", x).with("y", y).members();
    }
}
