package io.sluice.modelservice.evaluation;

import io.sluice.modelservice.prediction.Result;
import io.sluice.modelservice.prediction.Result.Labeled;
import io.sluice.modelservice.prediction.Result.Point;
import org.jspecify.annotations.Nullable;

/** The rectangle along the sides of the picture that is around something. */
record Area(double left, double top, double right, double bottom) {

    /** Around what a model says; null when it says it of the whole. */
    static @Nullable Area of(Labeled found) {
        if (found instanceof Result.Box box) {
            return new Area(box.left(), box.top(), box.right(), box.bottom());
        }
        if (found instanceof Result.Polygon polygon) {
            Area around = null;
            for (Point point : polygon.points()) {
                around = around(around, point.x(), point.y());
            }
            return around;
        }
        if (found instanceof Result.Mask mask) {
            Area around = null;
            for (int at = mask.pixels().nextSetBit(0);
                    at >= 0;
                    at = mask.pixels().nextSetBit(at + 1)) {
                around = aroundPixel(around, at % mask.width(), at / mask.width());
            }
            return around;
        }
        return null;
    }

    /** @param before null for none */
    static Area around(@Nullable Area before, double x, double y) {
        return before == null
                ? new Area(x, y, x, y)
                : new Area(
                        Math.min(before.left, x),
                        Math.min(before.top, y),
                        Math.max(before.right, x),
                        Math.max(before.bottom, y));
    }

    /** As {@link #around}, for a pixel, which ends where the next begins. */
    static Area aroundPixel(@Nullable Area before, int x, int y) {
        return before != null && x >= before.left && x < before.right && y >= before.top && y < before.bottom
                ? before
                : around(around(before, x, y), x + 1.0, y + 1.0);
    }

    private double size() {
        return Math.max(0, right - left) * Math.max(0, bottom - top);
    }

    /** Intersection over union. */
    double overlap(Area other) {
        double width = Math.min(right, other.right) - Math.max(left, other.left);
        double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        double common = Math.max(0, width) * Math.max(0, height);
        double all = size() + other.size() - common;
        return all <= 0 ? 0 : common / all;
    }
}
