package io.sluice.itemservice.annotation;

import static io.sluice.itemservice.annotation.AnnotationContent.invalid;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The forms of {@code coordinates}, one for each type of annotation (contract ml §A.3). What the SDK would stumble over
 * when it reads it is refused; types that are not known may have any.
 */
final class Coordinates {

    private static final List<String> CORNERS =
            List.of("front_tl", "front_tr", "front_br", "front_bl", "back_tl", "back_tr", "back_br", "back_bl");

    private static final List<String> PLANE = List.of("x", "y");
    private static final List<String> SPACE = List.of("x", "y", "z");

    private Coordinates() {}

    /** @throws org.springframework.web.ErrorResponseException naming the field that is wrong */
    static void require(String type, @Nullable Object value, String where) {
        switch (type) {
            case "box" -> box(value, where);
            case "segment", "polyline" -> rings(value, where);
            case "point" -> point(value, PLANE, where);
            case "ellipse" -> ellipse(value, where);
            case "cube" -> cube(value, where);
            case "cube_3d" -> {
                Map<?, ?> cube = object(value, where);
                for (String part : List.of("position", "scale", "rotation")) {
                    point(cube.get(part), SPACE, where + "." + part);
                }
            }
            case "pose" -> {
                Map<?, ?> pose = object(value, where);
                present(pose, "templateId", where);
                present(pose, "instanceId", where);
            }
            case "binary" -> PngMask.require(value, where);
            case "subtitle" -> text(object(value, where).get("text"), where + ".text");
            case "text" -> text(value, where);
            case "text_mark" -> object(value, where);
            case "note" -> {
                Map<?, ?> note = object(value, where);
                box(note.get("box"), where + ".box");
                object(note.get("note"), where + ".note");
            }
            case "ref_image" -> text(object(value, where).get("ref"), where + ".ref");
            case "gis" -> {
                Map<?, ?> gis = object(value, where);
                text(gis.get("geo_type"), where + ".geo_type");
                positions(gis.get("wgs84_geo_coordinates"), where + ".wgs84_geo_coordinates");
            }
            default -> {
                // Opaque.
            }
        }
    }

    /** Two corners and perhaps an angle; one corner when the SDK shrinks a box to a point, four when a tool has turned it. */
    private static void box(@Nullable Object value, String where) {
        List<?> corners = list(value, where);
        if (corners.isEmpty()) {
            throw invalid(where, "must have two corners");
        }
        for (int index = 0; index < corners.size(); index++) {
            if (index == 0 || !(corners.get(index) instanceof Number)) {
                point(corners.get(index), PLANE, at(where, index));
            } else {
                number(corners.get(index), at(where, index));
            }
        }
    }

    private static void rings(@Nullable Object value, String where) {
        List<?> rings = list(value, where);
        if (rings.isEmpty()) {
            throw invalid(where, "must have a list of points in it");
        }
        for (int ring = 0; ring < rings.size(); ring++) {
            List<?> points = list(rings.get(ring), at(where, ring));
            for (int index = 0; index < points.size(); index++) {
                Object point = points.get(index);
                if (!isPoint(point)) {
                    point(point, PLANE, at(at(where, ring), index));
                }
            }
        }
    }

    /** The words for what is wrong with a point are made only when something is: there may be hundreds of thousands. */
    private static boolean isPoint(@Nullable Object value) {
        return value instanceof Map<?, ?> point && isNumber(point.get("x")) && isNumber(point.get("y"));
    }

    private static void ellipse(@Nullable Object value, String where) {
        Map<?, ?> ellipse = object(value, where);
        for (String part : List.of("angle", "rx", "ry")) {
            number(ellipse.get(part), where + "." + part);
        }
        point(ellipse.get("center"), PLANE, where + ".center");
    }

    private static void cube(@Nullable Object value, String where) {
        Map<?, ?> cube = object(value, where);
        for (String corner : CORNERS) {
            point(cube.get(corner), PLANE, where + "." + corner);
        }
        number(cube.get("angle"), where + ".angle");
    }

    /** Longitudes and latitudes in lists in lists. */
    private static void positions(@Nullable Object value, String where) {
        List<?> list = list(value, where);
        for (int index = 0; index < list.size(); index++) {
            if (list.get(index) instanceof List<?>) {
                positions(list.get(index), at(where, index));
            } else {
                number(list.get(index), at(where, index));
            }
        }
    }

    private static void point(@Nullable Object value, List<String> axes, String where) {
        Map<?, ?> point = object(value, where);
        for (String axis : axes) {
            number(point.get(axis), where + "." + axis);
        }
    }

    private static void number(@Nullable Object value, String where) {
        if (!isNumber(value)) {
            throw invalid(where, value == null ? "is missing" : "must be a number");
        }
    }

    private static boolean isNumber(@Nullable Object value) {
        return value instanceof Number number && Double.isFinite(number.doubleValue());
    }

    private static void text(@Nullable Object value, String where) {
        if (!(value instanceof String)) {
            throw invalid(where, value == null ? "is missing" : "must be a text");
        }
    }

    private static void present(Map<?, ?> members, String key, String where) {
        if (!members.containsKey(key)) {
            throw invalid(where + "." + key, "is missing");
        }
    }

    private static List<?> list(@Nullable Object value, String where) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw invalid(where, value == null ? "is missing" : "must be a list");
    }

    private static Map<?, ?> object(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw invalid(where, value == null ? "is missing" : "must be an object");
    }

    private static String at(String where, int index) {
        return where + "[" + index + "]";
    }
}
