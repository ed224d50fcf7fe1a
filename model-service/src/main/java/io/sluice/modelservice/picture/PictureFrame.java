package io.sluice.modelservice.picture;

/**
 * Where a picture lies in the input that was made of it.
 *
 * @param width of the picture, in pixels
 * @param height of the picture, in pixels
 * @param inputWidth of the input, in pixels
 * @param inputHeight of the input, in pixels
 * @param left where the picture begins in the input; 0 unless it has a border
 * @param top as well
 * @param shownWidth of the picture in the input
 * @param shownHeight as well
 */
public record PictureFrame(
        int width, int height, int inputWidth, int inputHeight, int left, int top, int shownWidth, int shownHeight) {

    /** Where that is in the picture, never outside of it. */
    public double x(double inputX) {
        return Math.max(0, Math.min(width, (inputX - left) * width / shownWidth));
    }

    /** Where that is in the picture, never outside of it. */
    public double y(double inputY) {
        return Math.max(0, Math.min(height, (inputY - top) * height / shownHeight));
    }
}
