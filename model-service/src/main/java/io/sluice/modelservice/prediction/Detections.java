package io.sluice.modelservice.prediction;

import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.configuration.OutputConfiguration.DetectionLayout;
import io.sluice.modelservice.picture.PictureFrame;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Boxes. */
final class Detections {

    /** More than that are not compared with each other. */
    private static final int MOST_CANDIDATES = 5_000;

    private final OutputConfiguration.Detection declared;
    private final ModelConfiguration configuration;
    private final String boxes;
    private final @Nullable String scores;
    private final @Nullable String classes;

    Detections(OutputConfiguration.Detection declared, ModelConfiguration configuration, List<TensorSpec> outputs) {
        this.declared = declared;
        this.configuration = configuration;
        if (declared.layout() == DetectionLayout.SEPARATE) {
            boxes = Outputs.like(outputs, declared.boxes(), "boxes", "box", "bbox")
                    .orElseThrow(() -> missing("boxes", outputs));
            scores = Outputs.like(outputs, declared.scores(), "scores", "score", "conf")
                    .orElseThrow(() -> missing("scores", outputs));
            classes = Outputs.like(outputs, declared.classes(), "classes", "class", "label")
                    .orElse(null);
        } else {
            boxes = Outputs.named(outputs, declared.boxes(), "boxes");
            scores = null;
            classes = null;
        }
    }

    private static InvalidConfiguration missing(String field, List<TensorSpec> outputs) {
        return new InvalidConfiguration(
                "configuration.output." + field,
                "is missing: the model has "
                        + outputs.stream().map(TensorSpec::name).toList());
    }

    /** A box in the pixels of the input. */
    private record Candidate(int number, double score, double left, double top, double right, double bottom) {

        double area() {
            return Math.max(0, right - left) * Math.max(0, bottom - top);
        }

        /** Intersection over union. */
        double overlap(Candidate other) {
            double width = Math.min(right, other.right) - Math.max(left, other.left);
            double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
            double common = Math.max(0, width) * Math.max(0, height);
            double all = area() + other.area() - common;
            return all <= 0 ? 0 : common / all;
        }
    }

    List<Result> of(List<Tensor> outputs, PictureFrame frame) {
        List<Candidate> candidates = switch (declared.layout()) {
            case SEPARATE -> separate(outputs, frame);
            case YOLOV5 -> yolov5(Outputs.of(outputs, boxes, 2), frame);
            case YOLOV8 -> yolov8(Outputs.of(outputs, boxes, 2), frame);
        };
        candidates.sort(Comparator.comparingDouble((Candidate candidate) -> -candidate.score()));
        List<Result> results = new ArrayList<>();
        for (Candidate candidate : declared.suppress() ? suppressed(candidates) : candidates) {
            if (results.size() == declared.most()) {
                break;
            }
            results.add(new Result.Box(
                    configuration.label(candidate.number()),
                    candidate.number(),
                    candidate.score(),
                    frame.x(candidate.left()),
                    frame.y(candidate.top()),
                    frame.x(candidate.right()),
                    frame.y(candidate.bottom())));
        }
        return results;
    }

    private List<Candidate> suppressed(List<Candidate> candidates) {
        List<Candidate> kept = new ArrayList<>();
        for (Candidate candidate : candidates.subList(0, Math.min(candidates.size(), MOST_CANDIDATES))) {
            boolean isNew = kept.stream()
                    .noneMatch(better -> (!declared.perClass() || better.number() == candidate.number())
                            && better.overlap(candidate) > declared.iou());
            if (isNew) {
                kept.add(candidate);
            }
            if (kept.size() == declared.most()) {
                break;
            }
        }
        return kept;
    }

    private List<Candidate> separate(List<Tensor> outputs, PictureFrame frame) {
        Tensor boxTensor = Outputs.of(outputs, boxes, 2);
        if (boxTensor.rank() != 2 || boxTensor.dimension(1) != 4) {
            throw Outputs.unexpected(boxTensor, "four numbers for each box");
        }
        int count = (int) boxTensor.dimension(0);
        Tensor scoreTensor = Outputs.of(outputs, Objects.requireNonNull(scores), classes == null ? 2 : 1);
        float[] numbers = boxTensor.floats();
        float[] scoreNumbers = scoreTensor.floats();
        float[] classNumbers =
                classes == null ? new float[0] : Outputs.of(outputs, classes, 1).floats();
        int columns = count == 0 ? 1 : scoreNumbers.length / count;
        if (scoreNumbers.length != count * columns || columns == 0 && count > 0) {
            throw Outputs.unexpected(scoreTensor, "a score for each of " + count + " boxes");
        }
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int best = best(scoreNumbers, i * columns, columns, 1);
            int number = i < classNumbers.length ? (int) classNumbers[i] : best;
            add(candidates, number, scoreNumbers[i * columns + best], numbers, i * 4, 1, frame);
        }
        return candidates;
    }

    private List<Candidate> yolov5(Tensor rows, PictureFrame frame) {
        if (rows.rank() != 2 || rows.dimension(1) < 6) {
            throw Outputs.unexpected(rows, "rows of a box, a score and one score for each class");
        }
        int columns = (int) rows.dimension(1);
        float[] numbers = rows.floats();
        List<Candidate> candidates = new ArrayList<>();
        for (int at = 0; at < numbers.length; at += columns) {
            if (numbers[at + 4] >= declared.threshold()) {
                int best = best(numbers, at + 5, columns - 5, 1);
                add(candidates, best, (double) numbers[at + 4] * numbers[at + 5 + best], numbers, at, 1, frame);
            }
        }
        return candidates;
    }

    private List<Candidate> yolov8(Tensor columns, PictureFrame frame) {
        if (columns.rank() != 2 || columns.dimension(0) < 5) {
            throw Outputs.unexpected(columns, "columns of a box and one score for each class");
        }
        int count = (int) columns.dimension(1);
        int classCount = (int) columns.dimension(0) - 4;
        float[] numbers = columns.floats();
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int best = best(numbers, 4 * count + i, classCount, count);
            add(candidates, best, numbers[(4 + best) * count + i], numbers, i, count, frame);
        }
        return candidates;
    }

    /** Which of them is the largest. */
    private static int best(float[] numbers, int from, int count, int step) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (numbers[from + i * step] > numbers[from + best * step]) {
                best = i;
            }
        }
        return best;
    }

    private void add(
            List<Candidate> candidates, int number, double score, float[] box, int at, int step, PictureFrame frame) {
        if (!(score >= declared.threshold())) {
            return;
        }
        double width = declared.relative() ? frame.inputWidth() : 1;
        double height = declared.relative() ? frame.inputHeight() : 1;
        double first = box[at] * width;
        double second = box[at + step] * height;
        double third = box[at + 2 * step] * width;
        double fourth = box[at + 3 * step] * height;
        Candidate candidate = switch (declared.format()) {
            case XYXY -> new Candidate(number, score, first, second, third, fourth);
            case XYWH -> new Candidate(number, score, first, second, first + third, second + fourth);
            case CXCYWH ->
                new Candidate(
                        number, score, first - third / 2, second - fourth / 2, first + third / 2, second + fourth / 2);
        };
        if (Double.isFinite(candidate.left() + candidate.top() + candidate.right() + candidate.bottom())) {
            candidates.add(candidate);
        }
    }
}
