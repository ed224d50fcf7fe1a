package io.sluice.modelservice.configuration;

import org.jspecify.annotations.Nullable;

/** How the outputs of a model become results: {@code configuration.output}. */
public sealed interface OutputConfiguration {

    /** What is meant by {@code kind}. */
    enum Kind {
        CLASSIFICATION,
        DETECTION,
        SEGMENTATION,
        TEXT_DETECTION,
        EMBEDDING,
        RAW
    }

    /** In which form a model tells what it detects. */
    enum DetectionLayout {
        /** Boxes, scores and classes are outputs of their own. */
        SEPARATE,
        /** Rows of centre, size, one score for there being anything, and one for each class. */
        YOLOV5,
        /** Columns of centre, size and a score for each class. */
        YOLOV8
    }

    /** What the four numbers of a box are. */
    enum BoxFormat {
        /** Left, top, right, bottom. */
        XYXY,
        /** Left, top, width, height. */
        XYWH,
        /** Centre, width, height. */
        CXCYWH
    }

    /** What becomes of a segment. */
    enum SegmentForm {
        POLYGON,
        MASK
    }

    /**
     * A score for each class.
     *
     * @param output name; null when the model has only one
     * @param softmax whether scores are made of what the model gives; null to see whether they are some already
     * @param top so many of the best; default 1
     * @param threshold that a score must reach; default 0
     */
    record Classification(@Nullable String output, @Nullable Boolean softmax, int top, double threshold)
            implements OutputConfiguration {}

    /**
     * Boxes.
     *
     * @param layout default separate
     * @param boxes name of the output; null for one whose name tells it, or the only one
     * @param scores name of the output; null for one whose name tells it
     * @param classes name of the output; null for one whose name tells it, or when scores has a column for each class
     * @param format default xyxy, cxcywh for yolov5 and yolov8
     * @param relative whether numbers are parts of the input's size instead of pixels of it; default false
     * @param threshold that a score must reach; default 0.25
     * @param suppress whether of boxes that overlap only the best is kept; default true for yolov5 and yolov8, else false
     * @param iou overlap from which on two are the same; default 0.45
     * @param perClass whether only boxes of one class are compared; default true
     * @param most boxes of a picture; default 300
     */
    record Detection(
            DetectionLayout layout,
            @Nullable String boxes,
            @Nullable String scores,
            @Nullable String classes,
            BoxFormat format,
            boolean relative,
            double threshold,
            boolean suppress,
            double iou,
            boolean perClass,
            int most)
            implements OutputConfiguration {}

    /**
     * A class for each pixel: either numbers of classes, or a map of scores for each class, or only one such map.
     *
     * @param form default polygon
     * @param threshold that a pixel of an only map must reach; default 0.5
     * @param background class that is nothing; default 0; −1 for none
     * @param leastArea pixels of the model's map that a segment has; default 4
     */
    record Segmentation(@Nullable String output, SegmentForm form, double threshold, int background, int leastArea)
            implements OutputConfiguration {}

    /**
     * Rectangles of any direction around lines of text, as Differentiable Binarization makes them of a map.
     *
     * @param threshold from which on a pixel belongs to text; default 0.3
     * @param boxThreshold that the mean of a box must reach; default 0.5
     * @param unclipRatio how much larger than what is seen of it a line is; default 1.6
     * @param dilate whether regions are made a pixel larger first, so that broken ones grow together; default true
     * @param most lines of a picture; default 1000
     * @param label what they are called; default text
     */
    record TextDetection(
            @Nullable String output,
            double threshold,
            double boxThreshold,
            double unclipRatio,
            boolean dilate,
            int most,
            String label)
            implements OutputConfiguration {}

    /**
     * A vector.
     *
     * @param normalize whether it is made to be of length 1; default false
     */
    record Embedding(@Nullable String output, boolean normalize) implements OutputConfiguration {}

    /** The tensors as they are. */
    record Raw() implements OutputConfiguration {}
}
