package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration.SegmentForm;
import io.sluice.modelservice.picture.PictureFrame;
import io.sluice.modelservice.prediction.Result.Point;
import io.sluice.modelservice.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/** Which pixels belong to which class, as the lines around them or as masks. */
final class Segments {

    /** A corner that is no farther from the line between its neighbours is none; in pixels of the map. */
    private static final double STRAIGHT = 0.75;

    private final OutputConfiguration.Segmentation declared;
    private final ModelConfiguration configuration;
    private final PictureFrame frame;
    private final int width;
    private final int height;
    private final int[] classes;
    private final float[] scores;

    private Segments(
            Tensor output,
            OutputConfiguration.Segmentation declared,
            ModelConfiguration configuration,
            PictureFrame frame) {
        this.declared = declared;
        this.configuration = configuration;
        this.frame = frame;
        int rank = output.rank();
        if (rank != 2 && rank != 3) {
            throw Outputs.unexpected(output, "a map, or one for each class");
        }
        height = (int) output.dimension(-2);
        width = (int) output.dimension(-1);
        classes = new int[width * height];
        scores = new float[width * height];
        float[] values = output.floats();
        if (rank == 3) {
            takeLargest(values, (int) output.dimension(0));
        } else if (output.type().isFloating()) {
            takeAboveThreshold(values);
        } else {
            for (int i = 0; i < values.length; i++) {
                classes[i] = (int) values[i];
                scores[i] = 1;
            }
        }
    }

    static List<Result> of(
            Tensor output,
            OutputConfiguration.Segmentation declared,
            ModelConfiguration configuration,
            PictureFrame frame) {
        return new Segments(output, declared, configuration, frame).results();
    }

    private void takeLargest(float[] values, int count) {
        int pixels = classes.length;
        for (int pixel = 0; pixel < pixels; pixel++) {
            int best = 0;
            for (int i = 1; i < count; i++) {
                best = values[i * pixels + pixel] > values[best * pixels + pixel] ? i : best;
            }
            float[] ofPixel = new float[count];
            for (int i = 0; i < count; i++) {
                ofPixel[i] = values[i * pixels + pixel];
            }
            classes[pixel] = best;
            scores[pixel] = (float) Classifications.scores(ofPixel, null)[best];
        }
    }

    /** Everything that is not is background, so the only class has the number after it. */
    private void takeAboveThreshold(float[] values) {
        boolean areScores = true;
        for (float value : values) {
            areScores &= value >= 0 && value <= 1;
        }
        for (int i = 0; i < values.length; i++) {
            scores[i] = areScores ? values[i] : (float) (1 / (1 + Math.exp(-values[i])));
            classes[i] = scores[i] >= declared.threshold() ? declared.background() + 1 : declared.background();
        }
    }

    private List<Result> results() {
        TreeSet<Integer> present = new TreeSet<>();
        for (int number : classes) {
            present.add(number);
        }
        present.remove(declared.background());
        List<Result> results = new ArrayList<>();
        for (int number : present) {
            boolean[] map = new boolean[classes.length];
            for (int i = 0; i < classes.length; i++) {
                map[i] = classes[i] == number;
            }
            List<Region> regions = Region.of(map, width).stream()
                    .filter(region -> region.pixels().length >= declared.leastArea())
                    .toList();
            if (declared.form() == SegmentForm.POLYGON) {
                regions.forEach(region -> results.add(new Result.Polygon(
                        configuration.label(number), number, score(List.of(region)), inPicture(region.outline()))));
            } else if (!regions.isEmpty()) {
                results.add(mask(number, regions));
            }
        }
        return results;
    }

    private double score(List<Region> regions) {
        double sum = 0;
        long count = 0;
        for (Region region : regions) {
            for (int pixel : region.pixels()) {
                sum += scores[pixel];
            }
            count += region.pixels().length;
        }
        return sum / count;
    }

    private List<Point> inPicture(List<Point> outline) {
        return simplified(outline).stream()
                .map(point -> new Point(
                        frame.x(point.x() * frame.inputWidth() / width),
                        frame.y(point.y() * frame.inputHeight() / height)))
                .toList();
    }

    /** Without the corners of the stairs that a slanted line is made of (Douglas and Peucker 1973). */
    private static List<Point> simplified(List<Point> outline) {
        int far = 0;
        for (int i = 1; i < outline.size(); i++) {
            far = squared(outline.get(0), outline.get(i)) > squared(outline.get(0), outline.get(far)) ? i : far;
        }
        List<Point> closed = new ArrayList<>(outline);
        closed.add(outline.get(0));
        boolean[] stays = new boolean[closed.size()];
        stays[0] = true;
        stays[far] = true;
        // Not by recursion: a hostile outline is as deep as it is long.
        List<int[]> spans = new ArrayList<>(List.of(new int[] {0, far}, new int[] {far, closed.size() - 1}));
        while (!spans.isEmpty()) {
            int[] span = spans.remove(spans.size() - 1);
            int farthest = -1;
            double most = STRAIGHT;
            for (int i = span[0] + 1; i < span[1]; i++) {
                double distance = distance(closed.get(i), closed.get(span[0]), closed.get(span[1]));
                if (distance > most) {
                    most = distance;
                    farthest = i;
                }
            }
            if (farthest >= 0) {
                stays[farthest] = true;
                spans.add(new int[] {span[0], farthest});
                spans.add(new int[] {farthest, span[1]});
            }
        }
        List<Point> simplified = new ArrayList<>();
        for (int i = 0; i < outline.size(); i++) {
            if (stays[i]) {
                simplified.add(outline.get(i));
            }
        }
        return simplified.size() < 3 ? outline : simplified;
    }

    private static double squared(Point a, Point b) {
        return (a.x() - b.x()) * (a.x() - b.x()) + (a.y() - b.y()) * (a.y() - b.y());
    }

    private static double distance(Point point, Point from, Point to) {
        double length = Math.sqrt(squared(from, to));
        return length == 0
                ? Math.sqrt(squared(point, from))
                : Math.abs((to.x() - from.x()) * (from.y() - point.y()) - (from.x() - point.x()) * (to.y() - from.y()))
                        / length;
    }

    private Result mask(int number, List<Region> regions) {
        BitSet inMap = new BitSet(classes.length);
        for (Region region : regions) {
            for (int pixel : region.pixels()) {
                inMap.set(pixel);
            }
        }
        BitSet pixels = new BitSet(frame.width() * frame.height());
        for (int y = 0; y < frame.height(); y++) {
            int row = place(y, frame.height(), frame.top(), frame.shownHeight(), frame.inputHeight(), height);
            for (int x = 0; x < frame.width(); x++) {
                int column = place(x, frame.width(), frame.left(), frame.shownWidth(), frame.inputWidth(), width);
                if (inMap.get(row * width + column)) {
                    pixels.set(y * frame.width() + x);
                }
            }
        }
        return new Result.Mask(
                configuration.label(number), number, score(regions), frame.width(), frame.height(), pixels);
    }

    /** The pixel of the map in which the middle of one of the picture lies. */
    private static int place(int at, int of, int start, int shown, int input, int map) {
        double inInput = start + (at + 0.5) * shown / of;
        return Math.max(0, Math.min(map - 1, (int) (inInput * map / input)));
    }
}
