package io.sluice.modelservice.picture;

import ai.onnxruntime.platform.Fp16Conversions;
import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.InputConfiguration.Color;
import io.sluice.modelservice.configuration.InputConfiguration.Layout;
import io.sluice.modelservice.configuration.InputConfiguration.LimitType;
import io.sluice.modelservice.configuration.InputConfiguration.Resize;
import io.sluice.modelservice.configuration.InvalidConfiguration;
import io.sluice.modelservice.runtime.TensorSpec;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a model's input of a picture, as the configuration declares and as the shape of the input has it. */
public final class PictureInput {

    private static final String PATH = "configuration.input.";
    private static final Set<DataType> TYPES = Set.of(DataType.FP16, DataType.FP32, DataType.FP64, DataType.UINT8);
    private static final int VALUES = 256;

    private final InputConfiguration.Image declared;
    private final TensorSpec input;
    private final long mostBytes;
    private final boolean hasRows;
    private final Layout layout;
    private final Color color;
    private final int channels;
    private final int fixedWidth;
    private final int fixedHeight;

    /** What each value of a colour becomes, for each channel of the model. */
    private final double[][] values;

    private PictureInput(InputConfiguration.Image declared, TensorSpec input, long mostBytes) {
        this.declared = declared;
        this.input = input;
        this.mostBytes = mostBytes;
        List<Long> shape = input.shape();
        if (!canBePicture(input)) {
            throw new InvalidConfiguration(
                    PATH + "kind",
                    "cannot be image: the model's input " + input.name() + " is " + input.type() + " of shape "
                            + shape);
        }
        hasRows = shape.size() == 4;
        layout = declared.layout() != null ? declared.layout() : layout(shape);
        int first = hasRows ? 1 : 0;
        long channelsOfModel = shape.get(layout == Layout.NCHW ? first : first + 2);
        color = declared.color() != null ? declared.color() : channelsOfModel == 1 ? Color.GRAY : Color.RGB;
        channels = color == Color.GRAY ? 1 : 3;
        if (channelsOfModel >= 0 && channelsOfModel != channels) {
            throw new InvalidConfiguration(
                    PATH + (declared.color() != null ? "color" : "layout"),
                    "does not fit: the model's input " + input.name() + " has the shape " + shape);
        }
        fixedHeight = side("height", shape.get(layout == Layout.NCHW ? first + 1 : first), declared.height());
        fixedWidth = side("width", shape.get(layout == Layout.NCHW ? first + 2 : first + 1), declared.width());
        values = values();
    }

    /**
     * The way from a picture to that input.
     *
     * @param mostBytes that an input may have
     * @throws InvalidConfiguration when what is declared does not fit the input
     */
    public static PictureInput of(InputConfiguration.Image declared, TensorSpec input, long mostBytes) {
        return new PictureInput(declared, input, mostBytes);
    }

    /** Whether an input has the dimensions and the type of a picture, and a dimension that can be that of its colours. */
    public static boolean canBePicture(TensorSpec input) {
        List<Long> shape = input.shape();
        int rank = shape.size();
        return TYPES.contains(input.type())
                && (rank == 4 && (shape.get(0) < 0 || shape.get(0) == 1) || rank == 3)
                && (isColours(shape.get(rank - 3)) || isColours(shape.get(rank - 1)));
    }

    private static boolean isColours(long dimension) {
        return dimension < 0 || dimension == 1 || dimension == 3;
    }

    /** A 3, or else a 1, says which of the dimensions has the colours; when that is unclear, it is the first. */
    private static Layout layout(List<Long> shape) {
        long first = shape.get(shape.size() - 3);
        long last = shape.get(shape.size() - 1);
        return last == 3 && first != 3 || last == 1 && first != 1 && first != 3 ? Layout.NHWC : Layout.NCHW;
    }

    /** 0 when it depends on the picture. */
    private int side(String name, long ofModel, @Nullable Integer declaredSide) {
        if (ofModel >= 0) {
            if (declaredSide != null && declaredSide != ofModel) {
                throw new InvalidConfiguration(PATH + name, "must be " + ofModel + ", as the model has it");
            }
            return Math.toIntExact(ofModel);
        }
        if (declaredSide != null) {
            return declaredSide;
        }
        if (declared.limitSide() == null && declared.resize() != Resize.NONE) {
            throw new InvalidConfiguration(
                    PATH + name,
                    "is missing: the model takes pictures of any size, so say width and height, limitSide, or resize none");
        }
        return 0;
    }

    private double[][] values() {
        double scale =
                declared.scale() != null ? declared.scale() : input.type().isFloating() ? 1.0 / 255 : 1;
        double[][] made = new double[channels][VALUES];
        for (int channel = 0; channel < channels; channel++) {
            for (int value = 0; value < VALUES; value++) {
                // Nearly everybody multiplies with 32 bits, and what is learned by those numbers should be fed with
                // them.
                double number = ((float) value * (float) scale - declared.mean().get(channel))
                        / declared.std().get(channel);
                made[channel][value] =
                        input.type().isFloating() ? number : Math.max(0, Math.min(255, Math.rint(number)));
            }
        }
        return made;
    }

    /**
     * Takes processor time, so it is not for an event loop.
     *
     * @throws InvalidPicture when it is not of the size that the model needs, or would make too large an input
     */
    public PictureTensor prepare(Picture picture) {
        PictureFrame frame = frame(picture.width(), picture.height());
        long elements = (long) frame.inputWidth() * frame.inputHeight() * channels;
        if (elements * input.type().size() > mostBytes) {
            throw new InvalidPicture("The picture makes an input of " + frame.inputWidth() + " x " + frame.inputHeight()
                    + " pixels, more than the " + mostBytes + " bytes that are allowed");
        }
        ByteBuffer data =
                ByteBuffer.allocate((int) elements * input.type().size()).order(ByteOrder.LITTLE_ENDIAN);
        fillBorder(data, frame);
        fill(data, picture, frame);
        return new PictureTensor(Tensor.of(input.name(), input.type(), shape(frame), data), frame);
    }

    private long[] shape(PictureFrame frame) {
        long[] shape = layout == Layout.NCHW
                ? new long[] {1, channels, frame.inputHeight(), frame.inputWidth()}
                : new long[] {1, frame.inputHeight(), frame.inputWidth(), channels};
        return hasRows ? shape : Arrays.copyOfRange(shape, 1, 4);
    }

    private PictureFrame frame(int width, int height) {
        if (declared.resize() == Resize.NONE) {
            if (fixedWidth > 0 && fixedWidth != width || fixedHeight > 0 && fixedHeight != height) {
                throw new InvalidPicture("The picture has " + width + " x " + height + " pixels, but the model needs "
                        + fixedWidth + " x " + fixedHeight + ", and its configuration says not to resize");
            }
            return new PictureFrame(width, height, width, height, 0, 0, width, height);
        }
        if (declared.limitSide() != null && (fixedWidth == 0 || fixedHeight == 0)) {
            double ratio = ratio(width, height, declared.limitSide());
            int inputWidth = fixedWidth > 0 ? fixedWidth : rounded((int) (width * ratio));
            int inputHeight = fixedHeight > 0 ? fixedHeight : rounded((int) (height * ratio));
            return new PictureFrame(width, height, inputWidth, inputHeight, 0, 0, inputWidth, inputHeight);
        }
        int inputWidth = rounded(fixedWidth);
        int inputHeight = rounded(fixedHeight);
        if (declared.resize() == Resize.STRETCH) {
            return new PictureFrame(width, height, inputWidth, inputHeight, 0, 0, inputWidth, inputHeight);
        }
        double ratio = Math.min(inputWidth / (double) width, inputHeight / (double) height);
        int shownWidth = (int) Math.max(1, Math.rint(width * ratio));
        int shownHeight = (int) Math.max(1, Math.rint(height * ratio));
        // As the YOLO models were trained: of an odd border the smaller half comes first.
        int left = (inputWidth - shownWidth) / 2;
        int top = (inputHeight - shownHeight) / 2;
        return new PictureFrame(width, height, inputWidth, inputHeight, left, top, shownWidth, shownHeight);
    }

    private double ratio(int width, int height, int limit) {
        if (declared.limitType() == LimitType.MIN) {
            int shorter = Math.min(width, height);
            return shorter < limit ? limit / (double) shorter : 1;
        }
        int longer = Math.max(width, height);
        return longer > limit ? limit / (double) longer : 1;
    }

    private int rounded(int side) {
        int multiple = declared.multipleOf();
        return (int) Math.max(multiple, Math.rint(side / (double) multiple) * multiple);
    }

    private void fillBorder(ByteBuffer data, PictureFrame frame) {
        if (frame.shownWidth() == frame.inputWidth() && frame.shownHeight() == frame.inputHeight()) {
            return;
        }
        int pixels = frame.inputWidth() * frame.inputHeight();
        for (int channel = 0; channel < channels; channel++) {
            double value = values[channel][(int) Math.rint(declared.padColor().get(channel))];
            for (int pixel = 0; pixel < pixels; pixel++) {
                put(data, layout == Layout.NCHW ? channel * pixels + pixel : pixel * channels + channel, value);
            }
        }
    }

    private void fill(ByteBuffer data, Picture picture, PictureFrame frame) {
        Enlargement shown = new Enlargement(picture, frame.shownWidth(), frame.shownHeight());
        int[] row = new int[frame.shownWidth() * 3];
        int[] line = new int[frame.shownWidth()];
        for (int y = 0; y < frame.shownHeight(); y++) {
            shown.row(y, row);
            for (int channel = 0; channel < channels; channel++) {
                for (int x = 0; x < line.length; x++) {
                    line[x] = value(row, x * 3, channel);
                }
                put(data, line, channel, (y + frame.top()) * frame.inputWidth() + frame.left(), frame);
            }
        }
    }

    /** @param pixel where the line begins in the input */
    private void put(ByteBuffer data, int[] line, int channel, int pixel, PictureFrame frame) {
        boolean isFirst = layout == Layout.NCHW;
        int at = isFirst ? channel * frame.inputWidth() * frame.inputHeight() + pixel : pixel * channels + channel;
        int step = isFirst ? 1 : channels;
        double[] ofChannel = values[channel];
        if (input.type() == DataType.FP32) {
            for (int x = 0; x < line.length; x++) {
                data.putFloat((at + x * step) * Float.BYTES, (float) ofChannel[line[x]]);
            }
        } else {
            for (int x = 0; x < line.length; x++) {
                put(data, at + x * step, ofChannel[line[x]]);
            }
        }
    }

    private int value(int[] row, int at, int channel) {
        return switch (color) {
            case RGB -> row[at + channel];
            case BGR -> row[at + 2 - channel];
            // ITU-R BT.601, in units of 1/16384.
            case GRAY -> (row[at] * 4899 + row[at + 1] * 9617 + row[at + 2] * 1868 + 8192) >> 14;
        };
    }

    private void put(ByteBuffer data, int element, double value) {
        switch (input.type()) {
            case FP32 -> data.putFloat(element * Float.BYTES, (float) value);
            case FP64 -> data.putDouble(element * Double.BYTES, value);
            case FP16 -> data.putShort(element * Short.BYTES, Fp16Conversions.floatToFp16((float) value));
            case UINT8 -> data.put(element, (byte) (int) value);
            default -> throw new IllegalStateException(input.type() + " is refused from the start");
        }
    }
}
