package io.sluice.modelservice.evaluation;

import io.sluice.kit.error.Problem;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/** What people draw: the coordinates of annotations (contract ml §A.3). */
final class Drawn {

    /** The types of annotation that an area is of. */
    static final List<String> TYPES = List.of("box", "segment", "ellipse", "binary");

    /** A mask of more is not looked at. */
    static final int MOST_PIXELS = 16 * 1024 * 1024;

    private Drawn() {}

    /**
     * The area around; null when there is nothing in it.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#UNSUPPORTED} when it cannot be told
     */
    static @Nullable Area area(String type, @Nullable Object coordinates) {
        return switch (type) {
            case "ellipse" -> ellipse(coordinates);
            case "binary" -> mask(coordinates);
            default -> points(null, coordinates);
        };
    }

    /** Points in lists in lists; other things, such as the angle of a box, are passed over. */
    private static @Nullable Area points(@Nullable Area before, @Nullable Object coordinates) {
        Area around = before;
        if (coordinates instanceof Map<?, ?> point
                && point.get("x") instanceof Number x
                && point.get("y") instanceof Number y) {
            return Area.around(around, x.doubleValue(), y.doubleValue());
        }
        if (coordinates instanceof List<?> list) {
            for (Object one : list) {
                around = points(around, one);
            }
        }
        return around;
    }

    private static @Nullable Area ellipse(@Nullable Object coordinates) {
        if (!(coordinates instanceof Map<?, ?> ellipse)
                || !(ellipse.get("center") instanceof Map<?, ?> center)
                || !(center.get("x") instanceof Number x)
                || !(center.get("y") instanceof Number y)
                || !(ellipse.get("rx") instanceof Number rx)
                || !(ellipse.get("ry") instanceof Number ry)) {
            return null;
        }
        double angle = ellipse.get("angle") instanceof Number degrees ? Math.toRadians(degrees.doubleValue()) : 0;
        double width = Math.hypot(rx.doubleValue() * Math.cos(angle), ry.doubleValue() * Math.sin(angle));
        double height = Math.hypot(rx.doubleValue() * Math.sin(angle), ry.doubleValue() * Math.cos(angle));
        return new Area(
                x.doubleValue() - width, y.doubleValue() - height, x.doubleValue() + width, y.doubleValue() + height);
    }

    private static @Nullable Area mask(@Nullable Object coordinates) {
        Object text = coordinates instanceof Map<?, ?> object ? object.get("data") : coordinates;
        if (!(text instanceof String url) || url.indexOf(',') < 0) {
            return null;
        }
        try {
            return mask(Base64.getDecoder().decode(url.substring(url.indexOf(',') + 1)));
        } catch (IOException | RuntimeException broken) {
            throw broken instanceof ErrorResponseException problem
                    ? problem
                    : Problem.UNSUPPORTED.with("A mask of the item is no PNG that can be read");
        }
    }

    private static @Nullable Area mask(byte[] png) throws IOException {
        try (ImageInputStream stream = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                if ((long) reader.getWidth(0) * reader.getHeight(0) > MOST_PIXELS) {
                    throw Problem.UNSUPPORTED.with("A mask of the item has more than " + MOST_PIXELS + " pixels");
                }
                return area(reader.read(0));
            } finally {
                reader.dispose();
            }
        }
    }

    /** What is not transparent belongs to it; without transparency, what is not black. */
    private static @Nullable Area area(BufferedImage mask) {
        boolean hasAlpha = mask.getColorModel().hasAlpha();
        int[] row = new int[mask.getWidth()];
        Area around = null;
        for (int y = 0; y < mask.getHeight(); y++) {
            mask.getRGB(0, y, row.length, 1, row, 0, row.length);
            for (int x = 0; x < row.length; x++) {
                if (hasAlpha ? row[x] >>> 24 != 0 : (row[x] & 0xffffff) != 0) {
                    around = Area.aroundPixel(around, x, y);
                }
            }
        }
        return around;
    }
}
