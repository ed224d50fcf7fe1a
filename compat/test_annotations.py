"""Annotations with the SDK: files beside pictures, every type of its builders, changes, queries, joins."""

import json
import os
from collections.abc import Iterator
from types import SimpleNamespace

import cv2
import dtlpy
import numpy as np
import pytest
from dtlpy.entities.annotation_definitions import Comparison, Description, UndefinedAnnotationType
from PIL import Image

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

# How many sheep there are: all 1,680 take a minute and a half, so the CI has some.
PICTURES = int(os.environ.get("SLUICE_TEST_SHEEP", "40"))
FEW = 4
WIDTH, HEIGHT = 64, 48
FPS = 10
AUDIT = {"id", "url", "creator", "createdAt", "updatedBy", "updatedAt", "itemId", "item", "datasetId", "dataset", "hash"}
PLATFORMS_OWN = AUDIT | {"labelSuggestions", "source"}


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Annotations"))
    dataset = project.datasets.create("Sheep")
    with wire.client(platform.api, dl.client_api.token) as api:
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, api=api)
    project.delete(sure=True, really=True)


@pytest.fixture(scope="module")
def picture(journey, tmp_path_factory):
    file = tmp_path_factory.mktemp("picture") / "picture.png"
    Image.new("RGB", (WIDTH, HEIGHT), "white").save(file)
    return journey.dataset.items.upload(local_path=str(file), remote_path="/types", overwrite=True)


def said(number: int) -> list[dict]:
    """What a file that was exported elsewhere says of a picture, with the ids it had there."""
    elsewhere = {name: f"{name} of another platform" for name in AUDIT}
    label = ("Merino", "Suffolk")[number % 2]
    return [
        elsewhere
        | {"type": "class", "label": label, "coordinates": [], "attributes": [], "metadata": {"system": {"automated": True}}},
        elsewhere
        | {
            "type": "box",
            "label": f"{label}.head",
            "coordinates": [{"x": number % 16, "y": 1.5, "z": 0}, {"x": 20, "y": 30.25, "z": 0}],
            "attributes": [],
            "metadata": {"system": {"attributes": {"horns": number % 2 == 0}}, "user": {"n": number}},
        },
    ]


def without(annotation: dict, keys: set[str]) -> dict:
    return {key: value for key, value in annotation.items() if key not in keys}


def test_uploads_pictures_with_their_annotation_files(journey, pictures, tmp_path):
    (tmp_path / "items").mkdir()
    (tmp_path / "json").mkdir()
    for number, source in enumerate(list(pictures.all.values())[:PICTURES]):
        (tmp_path / "items" / f"{number}.jpg").write_bytes(source.local.read_bytes())
        (tmp_path / "json" / f"{number}.json").write_text(
            json.dumps({"_id": "x", "filename": f"/items/{number}.jpg", "annotations": said(number), "itemMetadata": {}})
        )

    journey.dataset.items.upload(
        local_path=f"{tmp_path}/items/*", local_annotations_path=str(tmp_path / "json"), remote_path="/sheep"
    )

    items = list(journey.dataset.items.list(filters=journey.dl.Filters(field="dir", values="/sheep")).all())
    assert len(items) == PICTURES
    assert all(item.annotated and item.annotations_count == 2 for item in items)
    for item in items[:FEW]:
        read = journey.api.get(f"/items/{item.id}/annotations").json()
        assert [without(one, PLATFORMS_OWN) for one in read] == [without(one, PLATFORMS_OWN) for one in said(number_of(item))]
        assert all(one["itemId"] == item.id for one in read)


def number_of(item) -> int:
    return int(item.name.split(".")[0])


def count(journey, **conditions) -> int:
    filters = journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION)
    for field, value in conditions.items():
        filters.add(field=field, values=value)
    return journey.dataset.annotations.list(filters=filters).items_count


def test_counts_labels_by_query(journey):
    assert count(journey, label="Merino") == PICTURES / 2
    assert count(journey, label="*.head") == PICTURES
    assert count(journey, type="box") == PICTURES
    assert journey.dl.datasets.get(dataset_id=journey.dataset.id).annotations_count == 2 * PICTURES


def test_downloads_the_same_again(journey, tmp_path):
    filters = journey.dl.Filters(field="dir", values="/sheep")
    journey.dataset.download_annotations(local_path=str(tmp_path / "all"), filters=filters)

    for number in range(PICTURES):
        read = json.loads((tmp_path / "all" / "json" / "sheep" / f"{number}.json").read_text())["annotations"]
        assert [without(one, PLATFORMS_OWN) for one in read] == [without(one, PLATFORMS_OWN) for one in said(number)]


def test_downloads_those_of_one_picture(journey, tmp_path):
    filters = journey.dl.Filters(field="dir", values="/sheep")
    for item in list(journey.dataset.items.list(filters=filters).all())[:FEW]:
        file = item.annotations.download(str(tmp_path / f"{item.id}.json"), annotation_format="json")
        read = json.loads(open(file).read())["annotations"]
        for one, other in zip(read, said(number_of(item)), strict=True):
            # The SDK itself writes attributes where there are none.
            other["metadata"]["system"].setdefault("attributes", {})
            for key in ("type", "label", "metadata"):
                assert one[key] == other[key]
            assert one.get("coordinates", []) == other["coordinates"]


CORNERS = {
    f"{side}_{corner}": [float(x), float(y)]
    for side, offset in (("front", 0), ("back", 5))
    for corner, x, y in (
        ("tl", 10 + offset, 10 + offset),
        ("tr", 20 + offset, 10 + offset),
        ("br", 20 + offset, 20 + offset),
        ("bl", 10 + offset, 20 + offset),
    )
}

RING = [[1.0, 2.0], [30.0, 4.5], [12.0, 40.0]]

BUILDERS = {
    "box": lambda: dtlpy.Box(left=10, top=20.5, right=30, bottom=40, label="l", attributes={"a": ["x", "y"]}),
    "turned box": lambda: dtlpy.Box(left=10, top=20, right=30, bottom=40, label="l", angle=30),
    "polygon": lambda: dtlpy.Polygon(geo=RING, label="l", description="three corners"),
    "polyline": lambda: dtlpy.Polyline(geo=RING, label="l"),
    "point": lambda: dtlpy.Point(x=1.5, y=2, label="l.m"),
    "class": lambda: dtlpy.Classification(label="l"),
    "ellipse": lambda: dtlpy.Ellipse(x=20, y=20, rx=5, ry=6.5, angle=15, label="l"),
    "cube": lambda: dtlpy.Cube(label="l", **CORNERS),
    "cube_3d": lambda: dtlpy.Cube3d(label="l", position=[1, 2, 3], scale=[4, 5, 6], rotation=[0.1, 0.2, 0.3]),
    "pose": lambda: dtlpy.Pose(label="l", template_id="t", instance_id="i"),
    "mask": lambda: dtlpy.Segmentation(geo=np.eye(HEIGHT, WIDTH), label="l"),
    "subtitle": lambda: dtlpy.Subtitle(text="bleat", label="l"),
    "text": lambda: dtlpy.Text(text_type="block", start=1, end=5, label="l"),
    "free text": lambda: dtlpy.FreeText(text="an answer"),
    "note": lambda: dtlpy.Note(left=1, top=2, right=3, bottom=4, label="l", messages=[], assignee="a@example.org"),
    "image": lambda: dtlpy.RefImage(ref="https://example.org/a.png", ref_type="url", mimetype="image/png"),
    "gis": lambda: dtlpy.Gis(annotation_type=dtlpy.GisType.POINT, geo=[8.5, 47.25], label="l"),
    "comparison": lambda: Comparison(coordinates={"better": "a", "by": 2}, label="l"),
    "description": lambda: Description(text="a sheep in the rain"),
    "unknown": lambda: UndefinedAnnotationType(type="of_tomorrow", label="l", coordinates={"$a.b": [1, [2.0]]}),
}


DRAWN = {"box", "turned box", "polygon", "polyline", "point", "ellipse", "cube", "mask"}


@pytest.mark.parametrize("kind", BUILDERS)
def test_keeps_what_each_builder_makes(journey, picture, kind):
    builder = picture.annotations.builder()
    builder.add(annotation_definition=BUILDERS[kind](), object_id="7", metadata={"user": {"kind": kind}})
    sent = builder.annotations[0].to_json()

    (made,) = picture.annotations.upload(builder)
    read = journey.dl.annotations.get(annotation_id=made.id)

    assert read.type == sent["type"] and read.label == sent["label"]
    assert read.to_json().get("coordinates") == sent.get("coordinates")
    assert read.to_json()["metadata"] == sent["metadata"]
    assert read.description == sent.get("description")
    assert read.item_id == picture.id
    if kind in DRAWN:
        assert drawn(read).any()
        assert (drawn(read) == drawn(builder.annotations[0])).all()


def drawn(annotation) -> np.ndarray:
    return annotation.show(height=HEIGHT, width=WIDTH, thickness=1, annotation_format=dtlpy.ViewAnnotationOptions.MASK, color=(9, 8, 7, 255))


def test_keeps_a_pose_with_its_points(picture):
    (pose,) = picture.annotations.upload(dtlpy.Annotation.new(item=picture, annotation_definition=BUILDERS["pose"]()))
    points = picture.annotations.builder()
    for x, label in ((1.25, "nose"), (7, "tail")):
        points.add(annotation_definition=dtlpy.Point(x=x, y=2, label=label), parent_id=pose.id)
    picture.annotations.upload(points)

    read = annotations_of(picture, metadata__system__parentId=pose.id)

    assert [(one.label, one.x, one.y, one.parent_id) for one in read] == [("nose", 1.25, 2, pose.id), ("tail", 7, 2, pose.id)]


@pytest.fixture(scope="module")
def video(journey, tmp_path_factory):
    file = tmp_path_factory.mktemp("video") / "sheep.mp4"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDTH, HEIGHT))
    for shade in range(3 * FPS):
        writer.write(np.full((HEIGHT, WIDTH, 3), shade, dtype=np.uint8))
    writer.release()
    return journey.dataset.items.upload(local_path=str(file), remote_path="/videos")


def test_keeps_what_moves_in_a_video(journey, video):
    video = journey.dl.items.get(item_id=video.id)
    assert video.fps == FPS
    builder = video.annotations.builder()
    for frame in (2, 6, 20):
        box = dtlpy.Box(left=frame, top=1.5, right=30, bottom=40, label="ewe" if frame < 20 else "ram", attributes={"n": frame})
        builder.add(annotation_definition=box, frame_num=frame, end_frame_num=25, object_id=1)
    builder.add(dtlpy.Subtitle(text="bleat", label="sound"), frame_num=5, end_frame_num=15, object_id=2)
    sent = {one.type: one.to_json() for one in builder.annotations}

    video.annotations.upload(builder)
    read = {one.type: one for one in video.annotations.list()}

    assert set(read) == {"box", "subtitle"}
    for kind, one in read.items():
        assert one.to_json()["metadata"] == sent[kind]["metadata"]
        assert one.to_json()["coordinates"] == sent[kind]["coordinates"]
    box = read["box"]
    assert (box.start_frame, box.end_frame, box.start_time, box.end_time) == (2, 25, 2 / FPS, 25 / FPS)
    for frame, left, label in ((2, 2, "ewe"), (6, 6, "ewe"), (15, 6, "ewe"), (20, 20, "ram"), (25, 20, "ram")):
        box.set_frame(frame)
        assert (box.left, box.top, box.right, box.bottom, box.label, box.attributes) == (left, 1.5, 30, 40, label, {"n": left})
    assert (read["subtitle"].start_time, read["subtitle"].end_time) == (0.5, 1.5)


def annotations_of(picture, **conditions) -> list:
    filters = dtlpy.Filters(resource=dtlpy.FiltersResource.ANNOTATION)
    for field, value in conditions.items():
        filters.add(field=field.replace("__", "."), values=value)
    return list(picture.annotations.list(filters=filters))


def test_changes_one(journey, picture):
    (box,) = annotations_of(picture, metadata__user__kind="box")
    box.label = "changed"
    box.top = 5
    box.attributes = {"a": None, "b": True}
    box = box.update(True)
    box = box.update_status(journey.dl.AnnotationStatus.APPROVED)

    read = journey.dl.annotations.get(annotation_id=box.id)
    assert (read.label, read.top, read.bottom, read.left, read.right) == ("changed", 5, 40, 10, 30)
    assert read.attributes == {"b": True}
    assert read.status == "approved"
    read.update_status(journey.dl.AnnotationStatus.CLEAR)
    assert journey.dl.annotations.get(annotation_id=box.id).status is None


def test_deletes_by_id_and_by_query(journey, picture):
    before = len(annotations_of(picture, label="l"))
    (point,) = annotations_of(picture, type="ellipse")
    point.delete()
    with pytest.raises(journey.dl.exceptions.NotFound):
        journey.dl.annotations.get(annotation_id=point.id)
    filters = journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION, field="type", values="polyline")
    filters.add(field="itemId", values=picture.id)
    journey.dataset.annotations.delete(filters=filters)

    assert len(annotations_of(picture, label="l")) == before - 2
    picture.annotations.delete(filters=journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION))
    item = journey.dl.items.get(item_id=picture.id)
    assert item.annotations_count == len(journey.api.get(f"/items/{picture.id}/annotations").json())


def test_tells_what_was_done_to_one(journey, picture):
    builder = picture.annotations.builder()
    builder.add(annotation_definition=dtlpy.Box(left=1, top=2, right=3, bottom=4, label="first"))
    (box,) = picture.annotations.upload(builder)
    box.label = "second"
    box.update()
    box.delete()

    log = journey.api.get(f"/datasets/{journey.dataset.id}/items/{picture.id}/annotations-log").json()

    made, changed, deleted = log[box.id]
    assert made["changes"] == {"type": "box", "label": "first"}
    assert changed["fields"] == ["label"] and changed["changes"] == {"label": "second"}
    assert deleted["deleted"] is True
    assert {event["user"] for event in log[box.id]} == {box.creator}


def test_takes_lines_of_many_pictures(journey):
    dataset = journey.project.datasets.create("Lines")
    ids = [
        journey.api.post(f"/datasets/{dataset.id}/items", content=wire.form(f"/{number}.jpg"), headers=wire.MULTIPART).json()["id"]
        for number in range(3)
    ]
    box = {"type": "box", "label": "sheep", "coordinates": [{"x": 1, "y": 2}, {"x": 3, "y": 4.5}], "metadata": {"user": {"note": "x" * 2000}}}
    lines = [json.dumps({"itemId": ids[number % 3]} | box) for number in range(5_000)]
    lines[2_500] = json.dumps({"itemId": ids[0], "type": "box"})

    def sent():
        for first in range(0, len(lines), 100):
            yield ("\n".join(lines[first : first + 100]) + "\n").encode()

    url = f"/datasets/{dataset.id}/annotations/bulk"
    with journey.api.stream("POST", url, content=sent(), headers={"content-type": "application/x-ndjson"}, timeout=60) as reply:
        assert reply.status_code == 200, reply.read()
        told = [json.loads(line) for line in reply.iter_lines()]

    assert sum(map(len, lines)) > 8 * 1024 * 1024
    assert told[-1] == {"totals": {"created": 4_999, "failed": 1}}
    parts = [line for line in told if "from" in line]
    assert [part["to"] + 1 for part in parts[:-1]] == [part["from"] for part in parts[1:]]
    (wrong,) = (line for line in told if line.get("outcome") == "failed")
    assert wrong["line"] == 2_501 and wrong["problem"]["errors"][0]["field"] == "label"
    items = [dataset.items.get(item_id=one) for one in ids]
    assert sum(item.annotations_count for item in items) == 4_999
    (read, *_) = items[1].annotations.list()
    assert (read.type, read.label, read.left, read.bottom) == ("box", "sheep", 1, 4.5)


def with_annotation(journey, dataset, *conditions) -> int:
    filters = journey.dl.Filters()
    for field, values, operator in conditions:
        filters.add_join(field=field, values=values, operator=operator)
    pages = dataset.items.list(filters=filters)
    assert len(list(pages.all())) == pages.items_count
    return pages.items_count


def test_finds_items_by_their_annotations(journey):
    """The table of the SDK's own tests: 36 files, 12 of them annotated."""
    dataset = journey.project.datasets.create("Joined")
    kinds = ["dog"] * 3 + ["cat"] * 3 + ["box"] * 3 + ["polygon"] * 3
    for number in range(36):
        folder = ("", "/dir1", "/dir1/dir2")[number // 3] if number < 9 else f"/folder{number}"
        reply = journey.api.post(
            f"/datasets/{dataset.id}/items", content=wire.form(f"{folder}/{number}.jpg"), headers=wire.MULTIPART
        )
        item = dataset.items.get(item_id=reply.json()["id"])
        for kind in kinds[number - 12 : number - 11] if 12 <= number < 24 else []:
            builder = item.annotations.builder()
            if kind == "box":
                builder.add(dtlpy.Box(left=1, top=1, right=2, bottom=2, label="test_label"))
            elif kind == "polygon":
                builder.add(dtlpy.Polygon(geo=RING, label="test_label"))
            else:
                builder.add(dtlpy.Point(x=1, y=1, label=kind))
            builder.upload()

    assert dataset.items.list(filters=journey.dl.Filters(field="annotated", values=True)).items_count == 12
    assert dataset.items.list(filters=journey.dl.Filters(field="annotated", values=False)).items_count == 24
    assert with_annotation(journey, dataset, ("type", "box", None)) == 3
    assert with_annotation(journey, dataset, ("type", "box", "ne")) == 9
    assert with_annotation(journey, dataset, ("label", "cat", "ne")) == 9
    assert with_annotation(journey, dataset, ("label", "dog", "ne"), ("type", "point", None)) == 3

    filters = journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION)
    filters.add_join(field="filename", values="/folder1*")
    assert dataset.annotations.list(filters=filters).items_count == 8
