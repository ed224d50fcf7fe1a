"""Models that others trained, from packages that ship their weights, run by Python's own ONNX Runtime.

Nothing else of these packages is used, and what they need to run is not installed.
"""

import importlib.util
import io
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from PIL import Image, ImageDraw, ImageFont

MARGIN = 8


@dataclass(frozen=True)
class Weights:
    """An ONNX file."""

    path: Path

    @cached_property
    def bytes(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def session(self) -> onnxruntime.InferenceSession:
        return onnxruntime.InferenceSession(self.path, providers=["CPUExecutionProvider"])

    def run(self, given: np.ndarray) -> np.ndarray:
        """Its first output for its only input."""
        return self.session.run(None, {self.session.get_inputs()[0].name: given})[0]


def of(package: str, file: str) -> Weights:
    """A file of an installed package; skips the test where that is missing."""
    found = importlib.util.find_spec(package)
    if found is None:
        pytest.skip(f"{package} is not installed")
    return Weights(Path(found.submodule_search_locations[0]) / file)


def text_detection() -> Weights:
    return of("rapidocr_onnxruntime", "models/ch_PP-OCRv4_det_infer.onnx")


def text_direction() -> Weights:
    return of("rapidocr_onnxruntime", "models/ch_ppocr_mobile_v2.0_cls_infer.onnx")


def text_recognition() -> Weights:
    return of("rapidocr_onnxruntime", "models/ch_PP-OCRv4_rec_infer.onnx")


def file_types() -> tuple[Weights, list[str]]:
    """With the labels of its classes."""
    weights = of("magika", "models/standard_v3_3/model.onnx")
    return weights, json.loads(weights.path.with_name("config.min.json").read_text())["target_labels_space"]


@dataclass(frozen=True)
class Lines:
    """A picture with lines of text, and where each of them is."""

    picture: Image.Image
    boxes: list[tuple[int, int, int, int]]

    @cached_property
    def png(self) -> bytes:
        file = io.BytesIO()
        self.picture.save(file, "PNG")
        return file.getvalue()

    def line(self, turned: bool = False) -> "Lines":
        """The first line alone, as it is or upside down."""
        left, top, right, bottom = self.boxes[0]
        cut = self.picture.crop((left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN))
        return Lines(cut.rotate(180) if turned else cut, [])


def written(width: int, height: int, *lines: str) -> Lines:
    """Dark on a light ground, evenly spread from top to bottom."""
    picture = Image.new("RGB", (width, height), (236, 232, 220))
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=height // (3 * len(lines)))
    boxes = []
    for number, line in enumerate(lines):
        place = (width // 12, height * (2 * number + 1) // (2 * len(lines)))
        draw.text(place, line, fill=(20, 30, 60), font=font, anchor="lm")
        boxes.append(draw.textbbox(place, line, font=font, anchor="lm"))
    return Lines(picture, boxes)


def prepared(picture: Image.Image, width: int, height: int) -> np.ndarray:
    """What the models of text were trained with: blue, green, red, from -1 to 1, of that size by OpenCV."""
    pixels = np.asarray(picture)[:, :, ::-1]
    if picture.size != (width, height):
        pixels = cv2.resize(pixels, (width, height))
    return ((pixels.astype("float32") / 255 - 0.5) / 0.5).astype("float32").transpose(2, 0, 1)[np.newaxis]


def read_out(weights: Weights, scores: np.ndarray) -> str:
    """The text of an answer of text recognition: the best letter of each step, repeated ones and blanks left out."""
    letters = ["", *weights.session.get_modelmeta().custom_metadata_map["character"].splitlines(), " "]
    best = scores[0].argmax(axis=1)
    return "".join(letters[one] for one, before in zip(best, [0, *best[:-1]]) if one != before)
