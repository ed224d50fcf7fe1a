"""Models with the SDK, their files, and asking them, small ones of ours and real ones, by tensors, pictures and items."""

import io
import json
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace

import jsonschema_rs
import numpy as np
import pytest
import tritonclient.http as triton
from PIL import Image
from tritonclient.utils import InferenceServerException

import sdk
import weights
import wire
from platforms import REPOSITORY, Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

FILES = REPOSITORY / "model-service" / "src" / "test" / "models"
COLOURS = ["red", "green", "blue"]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Models"))
    with wire.client(platform.api, dl.client_api.token) as api:
        host = platform.url.split("//", 1)[1]
        with triton.InferenceServerClient(host, connection_timeout=30, network_timeout=30) as client:
            token = f"Bearer {dl.client_api.token}"
            yield SimpleNamespace(dl=dl, project=project, api=api, client=client, token=token)
    project.delete(sure=True, really=True)


def made(journey, name: str, **members):
    """The SDK makes models of apps only, so the request is ours; what comes is the SDK's to read."""
    body = {"name": name, "projectId": journey.project.id, "packageId": "p", **members}
    reply = journey.api.post("/ml/models", json=body)
    reply.raise_for_status()
    return journey.project.models.get(model_id=reply.json()["id"])


def running(journey, name: str, file: str, **members):
    model = made(journey, name, **members)
    journey.api.put(f"/ml/models/{model.id}/artifact", content=(FILES / file).read_bytes()).raise_for_status()
    return journey.project.models.get(model_id=model.id)


def shaded(number: int) -> bytes:
    """A picture in which one of red, green and blue is the strongest."""
    shade = [20, 20, 20]
    shade[number] = 240
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), tuple(shade)).save(picture, "PNG")
    return picture.getvalue()


@pytest.fixture(scope="module")
def pictures(journey, tmp_path_factory):
    """A dataset of forty pictures in three colours, and a text."""
    dataset = journey.project.datasets.create(sdk.unique("pictures"))
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(40):
        (folder / f"{number:02}-{COLOURS[number % 3]}.png").write_bytes(shaded(number % 3))
    (folder / "text.txt").write_text("no picture")
    dataset.items.upload(local_path=f"{folder}/*")
    return dataset


def signed(journey) -> dict:
    """Each time another, because the client writes its own headers into it."""
    return {"authorization": journey.token}


def test_models_are_found_changed_cloned_and_deleted(journey):
    dl, models = journey.dl, journey.project.models
    model = made(journey, "sheep", labels=["ewe", "ram"], configuration={"epochs": 3, "id_to_label_map": {"0": "ewe", "1": "ram"}})
    assert models.get(model_name="sheep").id == model.id
    assert model.id_to_label_map == {0: "ewe", 1: "ram"}
    model.configuration["epochs"] = 4
    model.status = "trained"
    assert model.update().configuration["epochs"] == 4
    model.add_subset("train", dl.Filters(field="dir", values="/train"))
    again = models.get(model_id=model.id)
    assert again.status == "trained" and list(again.metadata["system"]["subsets"]) == ["train"]
    clone = model.clone(model_name="sheep 2", labels=["goat"])
    assert clone.labels == ["goat"] and clone.configuration["epochs"] == 4
    assert {one.name for one in models.list().all()} == {"sheep", "sheep 2"}
    assert clone.delete() and model.delete()
    with pytest.raises(sdk.NotFound):
        models.get(model_id=model.id)


def test_a_file_that_the_sdk_uploads_is_run(journey, tmp_path):
    model = made(journey, "uploaded")
    file = tmp_path / "net.onnx"
    file.write_bytes((FILES / "fixed.onnx").read_bytes())
    model.artifacts.upload(filepath=str(file))
    again = journey.project.models.get(model_id=model.id)
    assert [one.filename for one in again.artifacts.list()] == ["/artifacts/models/uploaded/net.onnx"]
    assert journey.client.is_model_ready(model.id, headers=signed(journey))
    asked = triton.InferInput("in", [1, 4], "FP32")
    asked.set_data_from_numpy(np.array([[1, 2, 3.5, -4]], np.float32))
    answer = journey.client.infer(model.id, [asked], headers=signed(journey))
    assert answer.as_numpy("out").tolist() == [[2, 4, 7, -8]]


@pytest.mark.parametrize("binary", [True, False])
def test_the_protocols_own_client_asks_in_both_forms(journey, binary):
    model = running(journey, f"colours {binary}", "colours.onnx")
    assert journey.client.is_server_live(headers=signed(journey)) and journey.client.is_server_ready(headers=signed(journey))
    metadata = journey.client.get_model_metadata(model.id, headers=signed(journey))
    assert metadata["inputs"] == [{"name": "picture", "datatype": "FP32", "shape": [-1, 3, 8, 8]}]
    pictures = np.zeros((5, 3, 8, 8), np.float32)
    pictures[:, 1] = 1
    asked = triton.InferInput("picture", list(pictures.shape), "FP32")
    asked.set_data_from_numpy(pictures, binary_data=binary)
    wanted = [triton.InferRequestedOutput("logits", binary_data=binary)]
    answer = journey.client.infer(model.id, [asked], outputs=wanted, request_id="mine", headers=signed(journey))
    assert answer.get_response()["id"] == "mine"
    assert answer.as_numpy("logits").tolist() == [[0, 10, 0]] * 5


def test_a_request_that_cannot_be_answered_is_refused(journey):
    model = running(journey, "refusing", "fixed.onnx")
    asked = triton.InferInput("in", [2, 4], "FP32")
    asked.set_data_from_numpy(np.zeros((2, 4), np.float32))
    with pytest.raises(InferenceServerException, match="in: must be of shape"):
        journey.client.infer(model.id, [asked], headers=signed(journey))
    with pytest.raises(InferenceServerException):
        journey.client.infer(model.id, [asked])


def test_a_picture_is_told_what_is_in_it(journey):
    model = running(journey, "seeing", "colours.onnx", labels=COLOURS)
    for number, label in enumerate(COLOURS):
        reply = journey.api.post(
            f"/ml/models/{model.id}/infer", content=shaded(number), headers={"content-type": "image/png"}
        )
        assert [one["label"] for one in reply.json()["predictions"]] == [label]


def test_a_deployed_model_annotates_items(journey, pictures):
    model = running(journey, "annotating", "colours.onnx", labels=COLOURS)
    with pytest.raises(ValueError, match="deploy"):
        model.predict(item_ids=["6b0183990000000000009999"])
    service = model.deploy()
    assert service.name == "annotating" and service.active
    model = journey.project.models.get(model_id=model.id)
    assert model.status == "deployed"
    items = list(pictures.items.list(filters=journey.dl.Filters(field="name", values="0*.png")).all())

    execution = model.predict(item_ids=[item.id for item in items]).wait()

    assert execution.latest_status["status"] == "success" and execution.output == {"itemsCount": 10, "failedCount": 0}
    for item in items:
        [annotation] = item.annotations.list()
        assert annotation.type == "class" and annotation.label in item.name
        said = annotation.metadata["user"]["model"]
        assert said["name"] == "annotating" and said["model_id"] == model.id and 0.5 < said["confidence"] <= 1


def test_a_dataset_is_annotated_as_a_whole_and_again_without_a_second_annotation(journey, pictures):
    model = running(journey, "of all", "colours.onnx", labels=COLOURS)
    model.deploy()
    model = journey.project.models.get(model_id=model.id)
    for _ in range(2):
        execution = model.predict(dataset_id=pictures.id).wait()
        assert execution.output == {"itemsCount": 41, "failedCount": 1}
    filters = journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION)
    filters.add(field="metadata.user.model.name", values="of all")
    found = list(pictures.annotations.list(filters=filters).all())
    assert len({annotation.item_id for annotation in found}) == len(found) == 40
    log = journey.api.post("/services/logs", json={"executionId": [execution.id]}).json()["logs"]
    assert ["picture" in line["message"] for line in log] == [True]


def test_a_model_is_compared_with_what_people_have_said(journey, pictures):
    dl, models = journey.dl, journey.project.models
    model = running(journey, "compared", "colours.onnx", labels=COLOURS)
    # Of fourteen red pictures, people call two green. The model is asked before, and what it says is not compared with.
    model.deploy()
    models.get(model_id=model.id).predict(dataset_id=pictures.id).wait()
    for number, item in enumerate(sorted(pictures.items.list(filters=dl.Filters(field="name", values="*.png")).all(), key=lambda one: one.name)):
        label = "green" if number in (0, 3) else COLOURS[number % 3]
        item.annotations.upload(dl.Annotation.new(annotation_definition=dl.Classification(label=label)))
    execution = models.evaluate(model_id=model.id, dataset_id=pictures.id, filters=dl.Filters(field="name", values="*.png")).wait()
    assert execution.latest_status["status"] == "success"
    counts = {"itemsCount": 40, "failedCount": 0, "comparedCount": 40, "unlabeledCount": 0}
    assert {name: execution.output[name] for name in counts} == counts
    assert execution.output["accuracy"] == pytest.approx(38 / 40)
    found = {(one.figure, one.legend): (one.x, one.y) for one in models.get(model_id=model.id).metrics.list().all()}
    assert found["Accuracy", "all labels"] == (0, pytest.approx(38 / 40))
    assert found["Precision", "red"][1] == pytest.approx(12 / 14) and found["Recall", "red"][1] == 1
    assert found["Recall", "green"][1] == pytest.approx(13 / 15)
    assert found["Confusion matrix", "green"] == (["green", "red"], [13, 2])


def test_metrics_are_published_and_listed(journey):
    model = made(journey, "plotted")
    points = [journey.dl.PlotSample(figure="loss", legend="train", x=epoch, y=1 / (1 + epoch)) for epoch in range(3)]
    assert model.metrics.create(samples=points, dataset_id="6b0183990000000000009999")
    assert [(one.x, one.y) for one in model.metrics.list().all()] == [(0, 1), (1, 0.5), (2, pytest.approx(1 / 3))]


def test_that_models_are_not_trained_is_told(journey):
    with pytest.raises(Exception, match="not trained here"):
        made(journey, "untrained").train()


def test_vectors_of_items_are_found_by_their_neighbours(journey, pictures):
    output = {"input": {"kind": "image"}, "output": {"kind": "embedding"}}
    model = running(journey, "embedding", "colours.onnx", configuration=output)
    model.deploy()
    model = journey.project.models.get(model_id=model.id)
    red = journey.dl.Filters(field="name", values="*.png")
    for _ in range(2):
        execution = journey.project.models.embed(model=model, dataset_id=pictures.id, filters=red).wait()
        assert execution.output == {"itemsCount": 40, "failedCount": 0}
    feature_set = model.feature_set
    assert feature_set.size == 3 and feature_set.model_id == model.id
    vectors = list(feature_set.features.list().all())
    assert len({vector.entity_id for vector in vectors}) == len(vectors) == 40
    one = vectors[0]
    name = pictures.items.get(item_id=one.entity_id).name
    nearest = journey.api.post("/features/vectors/search", json={"vectorId": one.id, "k": 10}).json()
    names = [pictures.items.get(item_id=each["entityId"]).name for each in nearest["items"]]
    assert {each.split("-")[1] for each in names} == {name.split("-")[1]}


LETTERS = {
    "name": "letters",
    "moduleName": "adapter",
    "labels": ["letters", "nothing"],
    "outputType": "class",
    "configuration": {"input": {"kind": "bytes", "begin": 4, "end": 0}},
}


def manifest(folder, name: str, version: str, *models: dict) -> str:
    """A folder as people publish it: a manifest, and code beside it."""
    (folder / "adapter.py").write_text("raise SystemExit('This is not to be run')\n")
    file = folder / "dataloop.json"
    modules = [{"name": "adapter", "entryPoint": "adapter.py", "className": "Adapter", "initInputs": [], "functions": []}]
    components = {"modules": modules, "models": list(models)}
    file.write_text(json.dumps({"name": name, "displayName": name, "version": version, "scope": "project", "components": components}))
    return str(file)


def published(journey, folder, monkeypatch, name: str, version: str, *models: dict):
    # The SDK packs the folder that it runs in, and puts its own folder there.
    monkeypatch.chdir(folder)
    return journey.project.dpks.publish(manifest_filepath=manifest(folder, name, version, *models), local_path=str(folder))


def test_a_model_comes_from_a_dpk_and_annotates_an_item(journey, tmp_path, monkeypatch):
    project = journey.project
    dpk = published(journey, tmp_path, monkeypatch, "letters", "1.0.0", LETTERS)
    assert project.dpks.get(dpk_name="letters").id == dpk.id
    assert journey.dl.dpks.get(dpk_id=dpk.id).components.models[0]["name"] == "letters"
    app = project.apps.install(dpk=dpk)
    assert project.apps.get(app_name="letters").dpk.version == "1.0.0" and app.status == "Installed"
    assert project.models.get(model_name="letters").app["id"] == app.id

    model = project.models.create(model_name="my letters", app=app, dpk_model_name="letters")

    assert model.labels == ["letters", "nothing"] and model.module_name == "adapter"
    assert model.package.name == "letters" and model.package.version == "1.0.0"
    assert {one.name for one in app.models.list().all()} == {"letters", "my letters"}
    file = tmp_path / "letters.onnx"
    file.write_bytes((FILES / "letters.onnx").read_bytes())
    model.artifacts.upload(filepath=str(file))
    model = project.models.get(model_name="my letters")
    model.deploy()
    dataset = project.datasets.create(sdk.unique("texts"))
    item = dataset.items.upload(local_path=io.BytesIO(b"some letters"), remote_name="some.txt")
    execution = project.models.get(model_id=model.id).predict(item_ids=[item.id]).wait()
    assert execution.latest_status["status"] == "success"
    [annotation] = item.annotations.list()
    assert annotation.label in model.labels and annotation.metadata["user"]["model"]["name"] == "my letters"
    clone = model.clone(model_name="your letters")
    assert clone.app["dpkName"] == "letters" and clone.package.id == dpk.id


def test_an_app_goes_to_the_next_version_and_its_dpk_goes_after_it(journey, tmp_path, monkeypatch):
    project, dl = journey.project, journey.dl
    first = published(journey, tmp_path, monkeypatch, "digits", "1.0.0", LETTERS | {"name": "digits", "labels": ["0"]})
    app = project.apps.install(dpk=first, app_name="All digits")
    second = published(journey, tmp_path, monkeypatch, "digits", "1.1.0", LETTERS | {"name": "digits", "labels": ["0", "1"]})
    assert [one.version for one in project.dpks.get(dpk_name="digits").revisions.all()] == ["1.0.0", "1.1.0"]
    assert project.dpks.get(dpk_name="digits", dpk_version="1.0.0").id == first.id
    app.dpk_version = second.version
    assert app.update()
    assert project.models.get(model_name="digits").labels == ["0", "1"]
    assert app.pause() and project.apps.get(app_id=app.id).status == "Uninstalled" and app.resume()
    second.display_name = "Digits"
    assert second.update().display_name == "Digits"
    code = dl.items.get(item_id=second.codebase.item_id)
    with zipfile.ZipFile(io.BytesIO(code.download(save_locally=False).read())) as packed:
        assert "adapter.py" in packed.namelist()
    with pytest.raises(dl.exceptions.Conflict, match="installed"):
        second.delete()
    assert app.uninstall()
    assert all(one.delete() for one in list(second.revisions.all()))
    with pytest.raises(sdk.NotFound):
        project.dpks.get(dpk_name="digits")
    assert project.models.get(model_name="digits").name == "digits"


BGR = {"color": "bgr", "mean": 0.5, "std": 0.5}


def real(journey, name: str, trained: weights.Weights, input_: dict, output: dict, **members):
    """A model with weights that others trained."""
    model = made(journey, name, configuration={"input": input_, "output": output}, **members)
    journey.api.put(f"/ml/models/{model.id}/artifact", content=trained.bytes).raise_for_status()
    return journey.project.models.get(model_id=model.id)


def said(journey, model, content: bytes, kind: str = "image/png") -> dict:
    reply = journey.api.post(f"/ml/models/{model.id}/infer", content=content, headers={"content-type": kind})
    assert reply.status_code == 200, reply.text
    return reply.json()


def raw(answer: dict) -> np.ndarray:
    [output] = answer["outputs"]
    return np.array(output["data"], np.float32).reshape(output["shape"])


def assert_over(polygons: list[list[tuple[float, float]]], lines: weights.Lines) -> None:
    """One polygon over each line of text, within the picture."""
    assert len(polygons) == len(lines.boxes)
    width, height = lines.picture.size
    boxes = sorted((*np.min(points, axis=0), *np.max(points, axis=0)) for points in map(np.array, polygons))
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= width and 0 <= top < bottom <= height
    for text in lines.boxes:
        assert max(overlap(text, box) for box in boxes) > 0.5


def overlap(one, other) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return common / (both - common)


@pytest.fixture(scope="module")
def detecting(journey):
    """The text detection of PP-OCRv4, as its own package asks it."""
    return real(
        journey,
        "text detection",
        weights.text_detection(),
        {"kind": "image", "limitSide": 736, "multipleOf": 32, **BGR},
        {"kind": "textDetection"},
    )


# The first is of a size that the model takes as it is.
TEXTS = {
    "as it is": weights.written(960, 736, "Sluice runs models", "that others trained", "and says 12345"),
    "resized": weights.written(700, 500, "One request", "one answer"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_in_a_picture_is_found_with_the_numbers_of_pythons_runtime(journey, detecting, name):
    text = TEXTS[name]
    found = said(journey, detecting, text.png)["predictions"]
    assert {one["type"] for one in found} == {"polygon"} and {one["label"] for one in found} == {"text"}
    assert all(0.5 <= one["score"] <= 1 for one in found)
    assert_over([[(point["x"], point["y"]) for point in one["points"]] for one in found], text)

    configuration = detecting.configuration | {"output": {"kind": "raw"}}
    unread = detecting.clone(model_name=f"text map, {name}", configuration=configuration)
    answer = raw(said(journey, unread, text.png))
    height, width = answer.shape[2:]
    expected = weights.text_detection().run(weights.prepared(text.picture, width, height))
    difference = np.abs(answer - expected).max()
    print(f"\ntext detection, {name}, {width} x {height}: largest difference {difference:.1e}")
    assert expected.max() > 0.9 and difference <= 1e-4


def test_text_that_a_model_finds_is_annotated(journey, detecting, tmp_path):
    text = TEXTS["as it is"]
    (tmp_path / "text.png").write_bytes(text.png)
    dataset = journey.project.datasets.create(sdk.unique("texts"))
    item = dataset.items.upload(local_path=str(tmp_path / "text.png"))
    detecting.deploy()
    model = journey.project.models.get(model_id=detecting.id)

    execution = model.predict(item_ids=[item.id]).wait()

    assert execution.output == {"itemsCount": 1, "failedCount": 0}
    found = dataset.items.get(item_id=item.id).annotations.list()
    assert {one.type for one in found} == {"segment"} and {one.label for one in found} == {"text"}
    assert {one.metadata["user"]["model"]["name"] for one in found} == {"text detection"}
    assert_over([one.geo for one in found], text)


def test_the_direction_of_text_is_told_with_the_numbers_of_pythons_runtime(journey):
    trained = weights.text_direction()
    input_ = {"kind": "image", "width": 192, "height": 48, **BGR}
    model = real(journey, "text direction", trained, input_, {"kind": "classification"}, labels=["0", "180"])
    text = weights.written(960, 240, "Which way up")
    for line, label in ((text.line(), "0"), (text.line(turned=True), "180")):
        [best] = said(journey, model, line.png)["predictions"]
        expected = trained.run(weights.prepared(line.picture, 192, 48))[0]
        assert best["label"] == label and best["score"] > 0.9
        assert abs(best["score"] - expected.max()) <= 1e-4


def test_text_is_recognized_from_tensors_with_the_numbers_of_pythons_runtime(journey):
    trained = weights.text_recognition()
    model = real(journey, "text recognition", trained, {"kind": "tensor"}, {"kind": "raw"})
    given = weights.prepared(weights.written(960, 240, "Sluice 2468").line().picture, 320, 48)
    asked = triton.InferInput("x", list(given.shape), "FP32")
    asked.set_data_from_numpy(given)
    answer = journey.client.infer(model.id, [asked], headers=signed(journey))
    scores = answer.as_numpy(trained.session.get_outputs()[0].name)
    assert weights.read_out(trained, scores) == "Sluice 2468"
    assert np.abs(scores - trained.run(given)).max() <= 1e-4


def test_the_type_of_a_file_is_told_with_the_numbers_of_pythons_runtime(journey):
    trained, labels = weights.file_types()
    model = real(
        journey, "file types", trained, {"kind": "bytes"}, {"kind": "classification", "softmax": False}, labels=labels
    )
    file = (REPOSITORY / "compat" / "sdk.py").read_bytes().strip()
    given = np.frombuffer(file[:1024] + file[-1024:], np.uint8).astype(np.int32)[np.newaxis]
    [best] = said(journey, model, file, "application/octet-stream")["predictions"]
    assert best["label"] == "python"
    assert abs(best["score"] - trained.run(given).max()) <= 1e-4


def test_a_form_brings_a_picture_or_the_bytes_of_a_tensor(journey):
    model = running(journey, "by form", "colours.onnx", labels=COLOURS)
    path = f"/ml/models/{model.id}/infer"
    answer = journey.api.post(path, files={"image": ("green.png", shaded(1), "image/png")}).json()
    assert [one["label"] for one in answer["predictions"]] == ["green"]

    green = np.zeros((1, 3, 8, 8), np.float32)
    green[:, 1] = 1
    request = {"inputs": [{"name": "picture", "datatype": "FP32", "shape": list(green.shape)}]}
    files = {"request": (None, json.dumps(request)), "picture": ("picture.bin", green.tobytes())}
    assert raw(journey.api.post(path, files=files).json()).tolist() == [[0, 10, 0]]
    refused = journey.api.post(path, files={"images": ("green.png", shaded(1), "image/png")})
    assert refused.status_code == 400 and refused.json()["errors"][0]["field"] == "images"


def test_a_text_is_classified_by_a_model_that_brings_its_tokenizer(journey, tmp_path):
    model = running(journey, "words", "words.onnx", labels=["good", "bad"], configuration={"input": {"kind": "text"}})
    ask = {"url": f"/ml/models/{model.id}/infer", "headers": {"content-type": "text/plain"}}
    without = journey.api.post(content="So good!", **ask)
    assert without.status_code == 422 and "tokenizer.json" in without.json()["detail"]
    file = tmp_path / "tokenizer.json"
    file.write_bytes((FILES / "words-tokenizer.json").read_bytes())
    model.artifacts.upload(filepath=str(file))
    for text, label in (("So good!", "good"), ("good, but bad, BAD", "bad")):
        assert [one["label"] for one in journey.api.post(content=text, **ask).json()["predictions"]] == [label]


CONFIGURATIONS = [
    ({"input": {"kind": "image", "limitSide": 736, "multipleOf": 32, **BGR}, "output": {"kind": "textDetection"}}, None),
    ({"input": {"kind": "text", "tokenizer": "t.json"}, "id_to_label_map": {"0": "ewe"}, "epochs": [3]}, None),
    ({"input": {"resize": "squash"}}, "configuration.input.resize"),
    ({"input": {"width": 10}}, "configuration.input.height"),
    ({"input": {"kind": "bytes", "padding": 257}}, "configuration.input.padding"),
    ({"output": {"kind": "detection", "iou": 1.5}}, "configuration.output.iou"),
    ({"output": {"kind": "raw", "top": 1}}, "configuration.output.top"),
    ({"output": {"kind": "embedding", "normalize": None}}, "configuration.output.normalize"),
    ({"id_to_label_map": {"ewe": 0}}, "configuration.id_to_label_map.ewe"),
]


@pytest.mark.parametrize("configuration, field", CONFIGURATIONS)
def test_a_configuration_is_taken_when_its_published_schema_says_so(journey, configuration, field):
    reply = journey.api.get("/ml/models/configuration/schema")
    assert reply.headers["content-type"] == "application/schema+json" and "max-age" in reply.headers["cache-control"]
    assert jsonschema_rs.Draft202012Validator(reply.json()).is_valid(configuration) == (field is None)
    body = {"name": sdk.unique("configured"), "projectId": journey.project.id, "configuration": configuration}
    saved = journey.api.post("/ml/models", json=body)
    assert saved.status_code == (400 if field else 200), saved.text
    assert field is None or saved.json()["errors"][0]["field"] == field


def test_a_label_that_a_strict_dataset_does_not_take_is_not_annotated(journey, tmp_path):
    model = running(journey, "of strict labels", "colours.onnx", labels=COLOURS)
    model.deploy()
    model = journey.project.models.get(model_id=model.id)
    dataset = journey.project.datasets.create(sdk.unique("strict"))
    dataset.add_labels(label_list=["red", "green"])
    system = {"metadata": {"system": {"strictLabels": True}}}
    journey.api.patch(f"/datasets/{dataset.id}?system=true", json=system).raise_for_status()
    items = []
    for number, label in enumerate(COLOURS):
        (tmp_path / f"{label}.png").write_bytes(shaded(number))
        items.append(dataset.items.upload(local_path=str(tmp_path / f"{label}.png")))

    execution = model.predict(item_ids=[item.id for item in items]).wait()

    assert execution.output == {"itemsCount": 3, "failedCount": 1}
    assert [[one.label for one in item.annotations.list()] for item in items] == [["red"], ["green"], []]
    log = journey.api.post("/services/logs", json={"executionId": [execution.id]}).json()["logs"]
    assert [(line["itemId"], line["message"].endswith(": blue")) for line in log] == [(items[2].id, True)]
