package io.sluice.modelservice.picture;

/**
 * A picture at another size, row by row: bilinear between the middles of pixels, and nothing is smoothed when it gets
 * smaller. That is what OpenCV does by default and what nearly all models were trained with, to the last bit: weights are
 * whole numbers of 1/2048, rounded as OpenCV rounds them, and half the size is the mean of four pixels.
 */
final class Enlargement {

    private static final int ONE = 2048;

    private final Picture picture;
    private final int width;
    private final int height;
    private final boolean isHalf;
    private final int[] columns;
    private final int[] leftWeights;
    private final int[] rightWeights;

    /** The two rows of the picture that were needed last, at the new width. */
    private final int[][] rows = new int[2][];

    private final int[] rowNumbers = {-1, -1};

    Enlargement(Picture picture, int width, int height) {
        this.picture = picture;
        this.width = width;
        this.height = height;
        isHalf = picture.width() == 2 * width && picture.height() == 2 * height;
        columns = new int[width];
        leftWeights = new int[width];
        rightWeights = new int[width];
        rows[0] = new int[width * 3];
        rows[1] = new int[width * 3];
        double scale = 1 / (width / (double) picture.width());
        for (int x = 0; x < width; x++) {
            float at = (float) ((x + 0.5) * scale - 0.5);
            int column = (int) Math.floor(at);
            at -= column;
            if (column < 0 || column >= picture.width() - 1) {
                at = 0;
                column = column < 0 ? 0 : picture.width() - 1;
            }
            columns[x] = column;
            leftWeights[x] = weight(1 - at);
            rightWeights[x] = weight(at);
        }
    }

    private static int weight(float part) {
        return (int) Math.rint(part * ONE);
    }

    /** @param into red, green and blue of each pixel of that row, 0–255 */
    void row(int y, int[] into) {
        if (isHalf) {
            halfRow(y, into);
            return;
        }
        double scale = 1 / (height / (double) picture.height());
        float at = (float) ((y + 0.5) * scale - 0.5);
        int row = (int) Math.floor(at);
        at -= row;
        int lowerWeight = weight(at);
        int upperWeight = weight(1 - at);
        int upperRow = Math.max(0, Math.min(row, picture.height() - 1));
        int lowerRow = Math.max(0, Math.min(row + 1, picture.height() - 1));
        int[] upper = wide(upperRow, lowerRow);
        int[] lower = wide(lowerRow, upperRow);
        for (int i = 0; i < width * 3; i++) {
            into[i] = ((upperWeight * (upper[i] >> 4) >> 16) + (lowerWeight * (lower[i] >> 4) >> 16) + 2) >> 2;
        }
    }

    private void halfRow(int y, int[] into) {
        byte[] colours = picture.colours();
        int stride = picture.width() * 3;
        for (int x = 0; x < width; x++) {
            for (int channel = 0; channel < 3; channel++) {
                int at = 2 * y * stride + 6 * x + channel;
                int sum = (colours[at] & 0xff)
                        + (colours[at + 3] & 0xff)
                        + (colours[at + stride] & 0xff)
                        + (colours[at + stride + 3] & 0xff);
                into[3 * x + channel] = (sum + 2) >> 2;
            }
        }
    }

    /** A row of the picture at the new width, in units of 1/2048; the one that is still needed is not written over. */
    private int[] wide(int row, int needed) {
        if (rowNumbers[0] == row) {
            return rows[0];
        }
        if (rowNumbers[1] == row) {
            return rows[1];
        }
        int place = rowNumbers[0] == needed ? 1 : 0;
        rowNumbers[place] = row;
        int[] wide = rows[place];
        byte[] colours = picture.colours();
        int start = row * picture.width() * 3;
        for (int x = 0; x < width; x++) {
            int left = start + columns[x] * 3;
            int right = rightWeights[x];
            int next = right == 0 ? left : left + 3;
            for (int channel = 0; channel < 3; channel++) {
                wide[3 * x + channel] =
                        (colours[left + channel] & 0xff) * leftWeights[x] + (colours[next + channel] & 0xff) * right;
            }
        }
        return wide;
    }
}
