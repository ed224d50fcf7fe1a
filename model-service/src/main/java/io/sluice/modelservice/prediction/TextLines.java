package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.picture.PictureFrame;
import io.sluice.modelservice.prediction.Result.Point;
import io.sluice.modelservice.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Lines of text from a map of how likely each pixel is part of one, as it is done for Differentiable Binarization (Liao et
 * al. 2020): regions, the smallest rectangle around each, enlarged because the map shows only the kernels of lines.
 *
 * <p>It rounds where the reference implementation does, so that both give the same.
 */
final class TextLines {

    /** In pixels of the map; what is smaller is noise. */
    private static final int SMALLEST = 3;

    /** Points that a rounded corner is made of. */
    private static final int ARC_POINTS = 64;

    private TextLines() {}

    static List<Result> of(Tensor output, OutputConfiguration.TextDetection declared, PictureFrame frame) {
        if (output.rank() != 2) {
            throw Outputs.unexpected(output, "one map");
        }
        int height = (int) output.dimension(0);
        int width = (int) output.dimension(1);
        float[] map = output.floats();
        boolean[] isText = new boolean[map.length];
        for (int i = 0; i < map.length; i++) {
            isText[i] = map[i] > declared.threshold();
        }
        List<Region> regions = Region.of(declared.dilate() ? dilated(isText, width) : isText, width);
        List<Result> lines = new ArrayList<>();
        for (Region region : regions.subList(0, Math.min(regions.size(), declared.most()))) {
            Rectangle kernel = Rectangle.around(region.hull());
            if (kernel.shorterSide() < SMALLEST) {
                continue;
            }
            double score = mean(map, width, height, kernel);
            if (score < declared.boxThreshold()) {
                continue;
            }
            Rectangle line = enlarged(kernel, declared.unclipRatio());
            if (line.shorterSide() < SMALLEST + 2) {
                continue;
            }
            List<Point> corners = inPicture(line.clockwise(), width, height, frame);
            if (distance(corners.get(0), corners.get(1)) > SMALLEST
                    && distance(corners.get(0), corners.get(3)) > SMALLEST) {
                lines.add(new Result.Polygon(declared.label(), 0, score, corners));
            }
        }
        return lines;
    }

    /** Each pixel, and those to the right of it, below it and between the two. */
    private static boolean[] dilated(boolean[] map, int width) {
        boolean[] dilated = map.clone();
        for (int i = 0; i < map.length; i++) {
            if (map[i]) {
                boolean hasRight = i % width < width - 1;
                boolean hasBelow = i + width < map.length;
                dilated[hasRight ? i + 1 : i] = true;
                dilated[hasBelow ? i + width : i] = true;
                dilated[hasRight && hasBelow ? i + width + 1 : i] = true;
            }
        }
        return dilated;
    }

    /** Of the pixels in a rectangle whose corners are cut off to whole pixels. */
    private static double mean(float[] map, int width, int height, Rectangle rectangle) {
        List<Point> corners = new ArrayList<>();
        int left = width - 1;
        int right = 0;
        int top = height - 1;
        int bottom = 0;
        for (Point corner : rectangle.corners()) {
            corners.add(new Point((int) corner.x(), (int) corner.y()));
            left = Math.min(left, (int) Math.floor(corner.x()));
            right = Math.max(right, (int) Math.ceil(corner.x()));
            top = Math.min(top, (int) Math.floor(corner.y()));
            bottom = Math.max(bottom, (int) Math.ceil(corner.y()));
        }
        double sum = 0;
        int count = 0;
        for (int y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) {
            for (int x = Math.max(0, left); x <= Math.min(width - 1, right); x++) {
                if (isInside(corners, x, y)) {
                    sum += map[y * width + x];
                    count++;
                }
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Or on its border. */
    private static boolean isInside(List<Point> corners, int x, int y) {
        boolean isLeft = false;
        boolean isRight = false;
        for (int i = 0; i < corners.size(); i++) {
            Point from = corners.get(i);
            Point to = corners.get((i + 1) % corners.size());
            double side = (to.x() - from.x()) * (y - from.y()) - (to.y() - from.y()) * (x - from.x());
            // Lines have a width: a pixel that they go through belongs to them.
            double border = Math.max(Math.abs(to.x() - from.x()), Math.abs(to.y() - from.y())) / 2;
            isLeft |= side < -border;
            isRight |= side > border;
        }
        return !isLeft || !isRight;
    }

    private static Rectangle enlarged(Rectangle kernel, double ratio) {
        double distance = kernel.area() * ratio / kernel.circumference();
        List<Point> around = new ArrayList<>();
        List<Point> corners = kernel.corners();
        for (int i = 0; i < corners.size(); i++) {
            int x = (int) corners.get(i).x();
            int y = (int) corners.get(i).y();
            Point next = corners.get((i + 1) % corners.size());
            double direction = Math.atan2((int) next.y() - y, (int) next.x() - x);
            for (int point = 0; point < ARC_POINTS; point++) {
                double angle = direction + point * 2 * Math.PI / ARC_POINTS;
                around.add(new Point(
                        Math.rint(x + distance * Math.cos(angle)), Math.rint(y + distance * Math.sin(angle))));
            }
        }
        return Rectangle.around(Rectangle.hull(around));
    }

    private static List<Point> inPicture(List<Point> corners, int width, int height, PictureFrame frame) {
        return corners.stream()
                .map(corner -> new Point(
                        Math.min(frame.width() - 1, Math.rint(frame.x(corner.x() * frame.inputWidth() / width))),
                        Math.min(frame.height() - 1, Math.rint(frame.y(corner.y() * frame.inputHeight() / height)))))
                .toList();
    }

    private static double distance(Point a, Point b) {
        return Math.floor(Math.hypot(a.x() - b.x(), a.y() - b.y()));
    }
}
