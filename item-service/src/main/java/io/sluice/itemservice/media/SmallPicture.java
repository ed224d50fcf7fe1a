package io.sluice.itemservice.media;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Makes a small JPEG of a picture: of its first frame, turned as Exif says, on white where it is transparent. Never enlarges.
 *
 * <p>Of a large picture only every n-th row and column is kept while it is read. What a hostile file may do to the libraries
 * that read it is why this runs in a process of its own ({@link PictureProcess}), but for files that we have written.
 */
final class SmallPicture {

    /** As many pixels are kept for each that is shown, in either direction, so that what is left looks smooth. */
    private static final int SPARE = 3;

    private final int mostWide;
    private final int mostHigh;
    private final long mostPixels;

    /**
     * @param mostWide in pixels
     * @param mostHigh in pixels
     * @param mostPixels of a picture with more there is none
     */
    SmallPicture(int mostWide, int mostHigh, long mostPixels) {
        this.mostWide = mostWide;
        this.mostHigh = mostHigh;
        this.mostPixels = mostPixels;
    }

    /** The bytes of the JPEG. */
    byte[] of(Path file) throws IOException, NoSmallPicture {
        ImageHeader header = ImageHeader.of(file).orElseThrow(SmallPicture::unreadable);
        requireNotTooLarge(header.width(), header.height());
        BufferedImage read;
        try (ImageInputStream bytes = new FileImageInputStream(file.toFile())) {
            read = read(bytes);
        }
        return jpeg(shown(halved(read), header.orientation() == null ? 1 : header.orientation()));
    }

    private BufferedImage read(ImageInputStream bytes) throws IOException, NoSmallPicture {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
        if (!readers.hasNext()) {
            throw unreadable();
        }
        ImageReader reader = readers.next();
        try {
            reader.setInput(bytes, true, true);
            // Not always what the header says: the frame of a GIF has a size of its own.
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            requireNotTooLarge(width, height);
            ImageReadParam param = reader.getDefaultReadParam();
            int step = Math.max(1, Math.max(width, height) / (SPARE * Math.max(mostWide, mostHigh)));
            param.setSourceSubsampling(step, step, 0, 0);
            return reader.read(0, param);
        } catch (RuntimeException broken) {
            // The libraries answer a broken picture with whatever it makes them stumble over.
            throw new NoSmallPicture("It cannot be read as a picture", broken);
        } finally {
            reader.dispose();
        }
    }

    private void requireNotTooLarge(long width, long height) throws NoSmallPicture {
        if (width * height > mostPixels) {
            throw new NoSmallPicture("It has more than " + mostPixels + " pixels");
        }
    }

    private static NoSmallPicture unreadable() {
        return new NoSmallPicture("It cannot be read as a picture");
    }

    /** Four pixels make one, as often as that leaves enough: what skips pixels looks torn. */
    private BufferedImage halved(BufferedImage read) {
        BufferedImage picture = read;
        while (Math.max(picture.getWidth(), picture.getHeight()) > 2 * Math.max(mostWide, mostHigh)) {
            int width = (picture.getWidth() + 1) / 2;
            int height = (picture.getHeight() + 1) / 2;
            BufferedImage half = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
            Graphics2D graphics = half.createGraphics();
            graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            graphics.drawImage(picture, 0, 0, width, height, null);
            graphics.dispose();
            picture = half;
        }
        return picture;
    }

    private BufferedImage shown(BufferedImage read, int orientation) {
        boolean isLying = orientation > 4;
        int width = isLying ? read.getHeight() : read.getWidth();
        int height = isLying ? read.getWidth() : read.getHeight();
        double scale = Math.min(1, Math.min((double) mostWide / width, (double) mostHigh / height));
        BufferedImage shown = new BufferedImage(
                (int) Math.max(1, Math.round(width * scale)),
                (int) Math.max(1, Math.round(height * scale)),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = shown.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, shown.getWidth(), shown.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        AffineTransform place = AffineTransform.getScaleInstance(
                (double) shown.getWidth() / width, (double) shown.getHeight() / height);
        place.concatenate(turned(orientation, read.getWidth(), read.getHeight()));
        graphics.drawImage(read, place, null);
        graphics.dispose();
        return shown;
    }

    /** Exif 2.3 §4.6.4: where the first row and the first column of what is stored are to be shown. */
    private static AffineTransform turned(int orientation, int width, int height) {
        return switch (orientation) {
            case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
            case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
            case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
            case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
            case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
            case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
            case 8 -> new AffineTransform(0, -1, 1, 0, 0, width);
            default -> new AffineTransform();
        };
    }

    private static byte[] jpeg(BufferedImage picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(picture, "jpeg", out)) {
                throw new IOException("This Java cannot write JPEG");
            }
        }
        return bytes.toByteArray();
    }
}
