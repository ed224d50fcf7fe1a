package io.sluice.modelservice.picture;

import io.sluice.modelservice.tensor.Tensor;

/** The input that was made of a picture, and where the picture lies in it. */
public record PictureTensor(Tensor tensor, PictureFrame frame) {}
