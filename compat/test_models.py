"""Models with the SDK, their files, and asking them: by the Open Inference Protocol's own client, and with a picture."""

import io
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import tritonclient.http as triton
from PIL import Image
from tritonclient.utils import InferenceServerException

import sdk
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
        shade = [20, 20, 20]
        shade[number] = 240
        bytes_of_it = io.BytesIO()
        Image.new("RGB", (40, 30), tuple(shade)).save(bytes_of_it, "JPEG")
        reply = journey.api.post(
            f"/ml/models/{model.id}/infer", content=bytes_of_it.getvalue(), headers={"content-type": "image/jpeg"}
        )
        assert [one["label"] for one in reply.json()["predictions"]] == [label]
