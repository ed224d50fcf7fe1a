"""The converters of the SDK, which run at the client, against the platform; readers of others open what they write."""

from collections.abc import Iterator
from types import SimpleNamespace
from xml.etree import ElementTree

import dtlpy
import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

import sdk
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

WIDTH, HEIGHT = 64, 48
PICTURES = 4
RING = [[4.0, 4.0], [40.0, 4.0], [40.0, 30.0], [4.0, 30.0]]


def mask(number: int) -> np.ndarray:
    drawn = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    drawn[5 : 15 + number, 10:30] = 1
    drawn[8, 12] = 0
    return drawn


@pytest.fixture(scope="module")
def journey(platform: Platform, tmp_path_factory) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Converters"))
    dataset = project.datasets.create("Flock", labels=[dl.Label(tag=tag, display_label=tag, color="#ff0000") for tag in ("ewe", "ram", "lamb")])
    local = tmp_path_factory.mktemp("converters")
    (local / "barn").mkdir()
    for number in range(PICTURES):
        Image.new("RGB", (WIDTH, HEIGHT), (number, 200, 100)).save(local / "barn" / f"{number}.png")
    dataset.items.upload(local_path=f"{local}/barn/*", remote_path="/barn")
    boxes = dataset.items.upload(local_path=str(local / "barn" / "0.png"), remote_path="/boxes")
    builder = boxes.annotations.builder()
    builder.add(dtlpy.Box(left=8, top=6, right=40, bottom=30, label="ram"))
    builder.add(dtlpy.Box(left=1, top=2, right=3, bottom=4, label="ewe", attributes={"a": "b"}))
    builder.upload()
    for item in dataset.items.list(filters=in_folder("/barn")).all():
        number = int(item.name.split(".")[0])
        builder = item.annotations.builder()
        builder.add(dtlpy.Box(left=1 + number, top=2.5, right=30, bottom=40, label="ewe"))
        builder.add(dtlpy.Polygon(geo=RING, label="ram"))
        builder.add(dtlpy.Segmentation(geo=mask(number), label="lamb"))
        builder.upload()
    yield SimpleNamespace(dl=dl, project=project, dataset=dataset, local=local)
    project.delete(sure=True, really=True)


def in_folder(folder: str) -> dtlpy.Filters:
    return dtlpy.Filters(field="dir", values=folder)


@pytest.fixture(scope="module")
def coco(journey) -> COCO:
    converter = dtlpy.Converter(return_error_filepath=True)
    _, has_errors, errors = converter.convert_dataset(
        dataset=journey.dataset, to_format="coco", local_path=str(journey.local / "coco"), filters=in_folder("/barn")
    )
    assert not has_errors, errors
    return COCO(str(journey.local / "coco" / "coco.json"))


def test_writes_coco_that_its_own_reader_opens(journey, coco):
    names = {category["id"]: category["name"] for category in coco.loadCats(coco.getCatIds())}
    assert set(names.values()) == {"ewe", "ram", "lamb"}
    assert len(coco.getImgIds()) == PICTURES

    for image in coco.loadImgs(coco.getImgIds()):
        assert (image["width"], image["height"]) == (WIDTH, HEIGHT)
        number = int(image["file_name"].removeprefix("barn/").split(".")[0])
        said = {names[one["category_id"]]: one for one in coco.loadAnns(coco.getAnnIds(imgIds=image["id"]))}
        assert said["ewe"]["bbox"] == [1 + number, 2.5, 29 - number, 37.5]
        assert said["ram"]["segmentation"] == [[value for point in RING for value in point]]
        assert coco.annToMask(said["ram"])[10, 10] == 1 and coco.annToMask(said["ram"])[40, 50] == 0
        assert (coco.annToMask(said["lamb"]) == mask(number)).all()
        assert said["lamb"]["area"] == mask(number).sum()


def test_takes_coco_back(journey, coco):
    other = journey.project.datasets.create("Back again")
    (journey.local / "items").mkdir()
    (journey.local / "barn").rename(journey.local / "items" / "barn")
    has_errors, errors = dtlpy.Converter(return_error_filepath=True).upload_local_dataset(
        from_format="coco",
        dataset=other,
        local_items_path=str(journey.local / "items"),
        local_annotations_path=str(journey.local / "coco" / "coco.json"),
    )

    assert not has_errors, errors
    before = described(journey.dataset, "/barn")
    assert described(other, "/barn") == before
    assert len(before) == PICTURES


def described(dataset, folder: str) -> dict:
    """By the name of the picture, what is said there, without what is the platform's."""
    return {
        item.filename: sorted(
            (one.type, one.label, geometry(one)) for one in dataset.items.get(item_id=item.id).annotations.list()
        )
        for item in dataset.items.list(filters=in_folder(folder)).all()
    }


def geometry(annotation) -> str:
    if annotation.type == "binary":
        return str(np.argwhere(annotation.geo > 0).tolist())
    return str([[float(point["x"]), float(point["y"])] for point in flat(annotation.coordinates)])


def flat(coordinates: list) -> list:
    return coordinates[0] if isinstance(coordinates[0], list) else coordinates


def converted(journey, to: str) -> None:
    has_errors, errors = dtlpy.Converter(return_error_filepath=True).convert_dataset(
        dataset=journey.dataset, to_format=to, local_path=str(journey.local / f"as {to}"), filters=in_folder("/boxes")
    )
    assert not has_errors, errors


def test_writes_yolo(journey):
    converted(journey, "yolo")

    names = (journey.local / "as yolo" / f"{journey.dataset.name}.names").read_text().split()
    assert names == ["ewe", "lamb", "ram"]
    lines = (journey.local / "as yolo" / "yolo" / "boxes" / "0.txt").read_text().splitlines()
    read = sorted([float(part) for part in line.split()] for line in lines)
    ids = sorted([line[0] for line in read])
    assert len(set(ids)) == 2
    assert [24 / WIDTH, 18 / HEIGHT, 32 / WIDTH, 24 / HEIGHT] in [line[1:] for line in read]


def test_writes_voc(journey):
    converted(journey, "voc")

    root = ElementTree.parse(journey.local / "as voc" / "voc" / "boxes" / "0.xml").getroot()
    assert [root.findtext(f"size/{key}") for key in ("width", "height")] == [str(WIDTH), str(HEIGHT)]
    boxes = {
        one.findtext("name"): [float(one.findtext(f"bndbox/{key}")) for key in ("xmin", "ymin", "xmax", "ymax")]
        for one in root.findall("object")
    }
    assert boxes == {"ram": [8, 6, 40, 30], "ewe": [1, 2, 3, 4]}
