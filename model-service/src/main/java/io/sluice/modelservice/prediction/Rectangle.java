package io.sluice.modelservice.prediction;

import io.sluice.modelservice.prediction.Result.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * A rectangle of any direction.
 *
 * @param corners four, one after the other around it
 * @param width from the first to the second
 * @param height from the second to the third
 */
record Rectangle(List<Point> corners, double width, double height) {

    double shorterSide() {
        return Math.min(width, height);
    }

    double area() {
        return width * height;
    }

    double circumference() {
        return 2 * (width + height);
    }

    /** The corners that others lie between, counted from the left with the smaller y on the way out (Andrew 1979). */
    static List<Point> hull(List<Point> points) {
        List<Point> sorted = points.stream()
                .distinct()
                .sorted(Comparator.comparingDouble(Point::x).thenComparingDouble(Point::y))
                .toList();
        if (sorted.size() < 3) {
            return sorted;
        }
        List<Point> hull = new ArrayList<>();
        addHalf(hull, sorted, 0);
        List<Point> back = new ArrayList<>(sorted);
        Collections.reverse(back);
        hull.remove(hull.size() - 1);
        int start = hull.size();
        addHalf(hull, back, start);
        hull.remove(hull.size() - 1);
        return hull;
    }

    private static void addHalf(List<Point> hull, List<Point> sorted, int start) {
        for (Point point : sorted) {
            while (hull.size() - start >= 2 && turn(hull.get(hull.size() - 2), hull.get(hull.size() - 1), point) <= 0) {
                hull.remove(hull.size() - 1);
            }
            hull.add(point);
        }
    }

    private static double turn(Point a, Point b, Point c) {
        return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x());
    }

    /** The one of the smallest area around a hull; one of its sides is along a side of the hull. */
    static Rectangle around(List<Point> hull) {
        Rectangle smallest = along(hull, 1, 0);
        for (int i = 0; i < hull.size(); i++) {
            Point from = hull.get(i);
            Point to = hull.get((i + 1) % hull.size());
            double length = Math.hypot(to.x() - from.x(), to.y() - from.y());
            if (length > 0) {
                Rectangle next = along(hull, (to.x() - from.x()) / length, (to.y() - from.y()) / length);
                smallest = next.area() < smallest.area() ? next : smallest;
            }
        }
        return smallest;
    }

    private static Rectangle along(List<Point> hull, double dx, double dy) {
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (Point point : hull) {
            double along = point.x() * dx + point.y() * dy;
            double across = point.y() * dx - point.x() * dy;
            left = Math.min(left, along);
            right = Math.max(right, along);
            top = Math.min(top, across);
            bottom = Math.max(bottom, across);
        }
        return new Rectangle(
                List.of(
                        at(left, top, dx, dy),
                        at(right, top, dx, dy),
                        at(right, bottom, dx, dy),
                        at(left, bottom, dx, dy)),
                right - left,
                bottom - top);
    }

    private static Point at(double along, double across, double dx, double dy) {
        return new Point(along * dx - across * dy, along * dy + across * dx);
    }

    /** Its corners from the upper left one on, clockwise as it is seen. */
    List<Point> clockwise() {
        List<Point> byX =
                corners.stream().sorted(Comparator.comparingDouble(Point::x)).toList();
        Point leftTop = byX.get(0).y() <= byX.get(1).y() ? byX.get(0) : byX.get(1);
        Point leftBottom = leftTop.equals(byX.get(0)) ? byX.get(1) : byX.get(0);
        Point rightTop = byX.get(2).y() <= byX.get(3).y() ? byX.get(2) : byX.get(3);
        Point rightBottom = rightTop.equals(byX.get(2)) ? byX.get(3) : byX.get(2);
        return List.of(leftTop, rightTop, rightBottom, leftBottom);
    }
}
