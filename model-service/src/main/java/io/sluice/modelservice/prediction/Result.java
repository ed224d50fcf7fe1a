package io.sluice.modelservice.prediction;

import io.sluice.modelservice.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import javax.imageio.ImageIO;

/** One thing that a model says. Coordinates are pixels of the picture as it is shown, from its upper left corner. */
public sealed interface Result {

    /** What has a class, and how sure the model is of it, 0 to 1. */
    sealed interface Labeled extends Result {

        String label();

        /** The number that the model has for it. */
        int number();

        double score();
    }

    /** Of the whole. */
    record Classification(String label, int number, double score) implements Labeled {}

    /** A rectangle along the sides of the picture. */
    record Box(String label, int number, double score, double left, double top, double right, double bottom)
            implements Labeled {}

    /** A corner. */
    record Point(double x, double y) {}

    /** @param points three or more; the last is joined to the first */
    record Polygon(String label, int number, double score, List<Point> points) implements Labeled {}

    /**
     * Which pixels belong to it.
     *
     * @param width of the picture
     * @param height of the picture
     * @param pixels row by row
     */
    record Mask(String label, int number, double score, int width, int height, BitSet pixels) implements Labeled {

        /** A PNG of the picture's size as a data URL; what belongs to it is white. */
        public String toDataUrl() {
            BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY);
            for (int at = pixels.nextSetBit(0); at >= 0; at = pixels.nextSetBit(at + 1)) {
                picture.setRGB(at % width, at / width, 0xffffffff);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                ImageIO.write(picture, "png", bytes);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
    }

    /** A vector. */
    @SuppressWarnings("ArrayRecordComponent")
    record Embedding(float[] vector) implements Result {}

    /** An output as it is. */
    record Raw(Tensor tensor) implements Result {}
}
