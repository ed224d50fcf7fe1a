package io.sluice.modelservice.inference;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.modelservice.prediction.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a model says. Coordinates are pixels of the picture as it is shown, from its upper left corner.
 *
 * @param type classification, box, polygon, mask or embedding; the members after it are those of the type
 * @param label of the class
 * @param number that the model has for the class
 * @param score how sure it is, 0 to 1
 * @param box a rectangle along the sides of the picture
 * @param points of a polygon, the last joined to the first
 * @param mask a PNG of the picture's size as a data URL; what belongs to it is white
 * @param vector an embedding
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SuppressWarnings("ArrayRecordComponent")
record PredictionView(
        String type,
        @Nullable String label,
        @Nullable Integer number,
        @Nullable Double score,
        @Nullable Rectangle box,
        @Nullable List<Corner> points,
        @Nullable String mask,
        float @Nullable [] vector) {

    record Rectangle(double left, double top, double right, double bottom) {}

    record Corner(double x, double y) {}

    /** @param result no tensor */
    static PredictionView of(Result result) {
        if (result instanceof Result.Classification found) {
            return labeled("classification", found, null, null, null);
        }
        if (result instanceof Result.Box found) {
            return labeled(
                    "box", found, new Rectangle(found.left(), found.top(), found.right(), found.bottom()), null, null);
        }
        if (result instanceof Result.Polygon found) {
            List<Corner> corners = found.points().stream()
                    .map(point -> new Corner(point.x(), point.y()))
                    .toList();
            return labeled("polygon", found, null, corners, null);
        }
        if (result instanceof Result.Mask found) {
            return labeled("mask", found, null, null, found.toDataUrl());
        }
        if (result instanceof Result.Embedding found) {
            return new PredictionView("embedding", null, null, null, null, null, null, found.vector());
        }
        throw new IllegalArgumentException("Tensors are told by the protocol");
    }

    private static PredictionView labeled(
            String type,
            Result.Labeled found,
            @Nullable Rectangle box,
            @Nullable List<Corner> points,
            @Nullable String mask) {
        return new PredictionView(type, found.label(), found.number(), found.score(), box, points, mask, null);
    }
}
