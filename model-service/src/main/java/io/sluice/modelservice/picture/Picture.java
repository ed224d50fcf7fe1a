package io.sluice.modelservice.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The colours of a picture, turned as its Exif says, on white where it is transparent. Never changed. */
public final class Picture {

    /** Of one with more, nothing is read but its header. */
    public static final long MOST_PIXELS = 50_000_000;

    private static final int WHITE = 255;

    private final int width;
    private final int height;

    /** Red, green and blue of each pixel, row by row. */
    private final byte[] colours;

    private Picture(int width, int height, byte[] colours) {
        this.width = width;
        this.height = height;
        this.colours = colours;
    }

    /**
     * Reads a JPEG, PNG, WebP, GIF (its first frame), BMP or TIFF (its first page). Takes processor time, so it is not for an
     * event loop.
     *
     * @throws InvalidPicture when it is none, is broken or has more than {@link #MOST_PIXELS}
     */
    public static Picture read(byte[] file) {
        PictureHeader header = PictureHeader.of(file);
        if (header == null) {
            throw unreadable();
        }
        requireNotTooLarge(header.width(), header.height());
        try (ImageInputStream bytes = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            return of(decoded(bytes)).turned(header.orientation());
        } catch (IOException broken) {
            throw unreadable();
        }
    }

    private static BufferedImage decoded(ImageInputStream bytes) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(bytes);
        if (!readers.hasNext()) {
            throw unreadable();
        }
        ImageReader reader = readers.next();
        try {
            reader.setInput(bytes, true, true);
            // Not always what the header says: the frame of a GIF has a size of its own.
            requireNotTooLarge(reader.getWidth(0), reader.getHeight(0));
            return reader.read(0);
        } catch (InvalidPicture tooLarge) {
            throw tooLarge;
        } catch (RuntimeException broken) {
            // The libraries answer a broken picture with whatever it makes them stumble over.
            throw unreadable();
        } finally {
            reader.dispose();
        }
    }

    private static void requireNotTooLarge(long width, long height) {
        if (width * height > MOST_PIXELS) {
            throw new InvalidPicture(
                    "The picture has " + width + " x " + height + " pixels, more than the " + MOST_PIXELS + " allowed");
        }
    }

    private static InvalidPicture unreadable() {
        return new InvalidPicture("This is no picture that can be read: JPEG, PNG, WebP, GIF, BMP or TIFF");
    }

    /**
     * A picture of these colours.
     *
     * @param colours red, green and blue of each pixel, row by row; not copied
     */
    public static Picture of(int width, int height, byte[] colours) {
        if (colours.length != (long) width * height * 3) {
            throw new IllegalArgumentException("Three colours for each pixel are needed");
        }
        return new Picture(width, height, colours);
    }

    private static Picture of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] colours = new byte[width * height * 3];
        Raster raster = image.getRaster();
        boolean isPlain = image.getColorModel() instanceof ComponentColorModel
                && image.getColorModel().getTransferType() == DataBuffer.TYPE_BYTE;
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && raster.getDataBuffer() instanceof DataBufferByte data
                && data.getData().length == colours.length) {
            byte[] bgr = data.getData();
            for (int i = 0; i < colours.length; i += 3) {
                colours[i] = bgr[i + 2];
                colours[i + 1] = bgr[i + 1];
                colours[i + 2] = bgr[i];
            }
        } else if (image.getColorModel() instanceof ComponentColorModel && raster.getNumBands() <= 2) {
            gray(raster, isPlain ? 0 : image.getColorModel().getComponentSize(0) - 8, colours);
        } else {
            int[] row = new int[width];
            for (int y = 0; y < height; y++) {
                image.getRGB(0, y, width, 1, row, 0, width);
                for (int x = 0; x < width; x++) {
                    onWhite(
                            row[x] >>> 24,
                            row[x] >> 16 & 0xff,
                            row[x] >> 8 & 0xff,
                            row[x] & 0xff,
                            colours,
                            (y * width + x) * 3);
                }
            }
        }
        return new Picture(width, height, colours);
    }

    /** Java holds that the gray of a picture is linear light, and makes it brighter; nobody else does. */
    private static void gray(Raster raster, int shift, byte[] colours) {
        int bands = raster.getNumBands();
        int[] row = new int[raster.getWidth() * bands];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
            for (int x = 0; x < raster.getWidth(); x++) {
                int gray = Math.min(WHITE, Math.max(0, row[x * bands] >> shift));
                int alpha = bands == 1 ? WHITE : Math.min(WHITE, Math.max(0, row[x * bands + 1] >> shift));
                onWhite(alpha, gray, gray, gray, colours, (y * raster.getWidth() + x) * 3);
            }
        }
    }

    private static void onWhite(int alpha, int red, int green, int blue, byte[] colours, int at) {
        colours[at] = onWhite(alpha, red);
        colours[at + 1] = onWhite(alpha, green);
        colours[at + 2] = onWhite(alpha, blue);
    }

    private static byte onWhite(int alpha, int colour) {
        return (byte) (alpha == WHITE ? colour : (colour * alpha + WHITE * (WHITE - alpha) + WHITE / 2) / WHITE);
    }

    /** Exif 2.3 §4.6.4: where the first row and the first column of what is stored are to be shown. */
    private Picture turned(int orientation) {
        if (orientation == 1) {
            return this;
        }
        boolean isLying = orientation > 4;
        int newWidth = isLying ? height : width;
        int newHeight = isLying ? width : height;
        boolean isMirrored = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        boolean isUpsideDown = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        byte[] turned = new byte[colours.length];
        for (int y = 0; y < newHeight; y++) {
            int row = isUpsideDown ? newHeight - 1 - y : y;
            for (int x = 0; x < newWidth; x++) {
                int column = isMirrored ? newWidth - 1 - x : x;
                int from = (isLying ? column * width + row : row * width + column) * 3;
                System.arraycopy(colours, from, turned, (y * newWidth + x) * 3, 3);
            }
        }
        return new Picture(newWidth, newHeight, turned);
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    byte[] colours() {
        return colours;
    }

    /** Red, green or blue of a pixel, 0–255. */
    public int colour(int x, int y, int channel) {
        return colours[(y * width + x) * 3 + channel] & 0xff;
    }
}
